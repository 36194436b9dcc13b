import type { Graph } from '../../graph/graph.js';
import { add, batchNorm2d, conv2d, dropout, flatten, globalAvgPool2d, linear, named, relu } from '../../ops/layers.js';
import type { Layer } from '../../ops/layers.js';
import { optionNames } from '../../base/options.js';
import { chain, checked, IMAGES } from '../classic.js';
import type { ModelOptions } from '../classic.js';
import { divisibleBy8, indexed, positive, probability } from './blocks.js';

/** What `mnasnet1_0` takes. */
export interface MnasNetOptions extends ModelOptions {
  /** Factor of all numbers of channels, which become multiples of 8. Default 1. */
  readonly alpha?: number | undefined;
  /** Probability of the dropout before the last layer. Default 0.2. */
  readonly dropout?: number | undefined;
}

const OPTIONS = optionNames<MnasNetOptions>({ classes: true, input: true, alpha: true, dropout: true });

/** As torchvision's, whose default for BatchNorm is another. */
const NORM = { momentum: 1 - 0.9997 };

/** Convolution and BatchNorm; `depthwise` filters each channel by itself. */
function conv(from: number, to: number, kernel: number, { stride = 1, depthwise = false } = {}): Layer[] {
  return [conv2d(from, to, kernel, { stride, padding: (kernel - 1) / 2, groups: depthwise ? from : 1, bias: false }), batchNorm2d(to, NORM)];
}

function invertedResidual(from: number, to: number, kernel: number, stride: number, expansion: number): Layer {
  const inside = from * expansion;
  const layers = [...conv(from, inside, 1), relu(), ...conv(inside, inside, kernel, { stride, depthwise: true }), relu(), ...conv(inside, to, 1)];
  const body = named('layers', indexed(layers));
  return named('block', (x) => (stride === 1 && from === to ? add(body(x), x) : body(x)));
}

/** Stacks of blocks: kernel, stride of the first, expansion, channels, blocks. */
const STACKS = [[3, 2, 3, 24, 3], [5, 2, 3, 40, 3], [5, 2, 6, 80, 3], [3, 1, 6, 96, 2], [5, 2, 6, 192, 4], [3, 1, 6, 320, 1]] as const;

/** MnasNet-B1 of width 1.0 (Tan et al. 2018, arXiv 1807.11626), as in torchvision: [N, 3, H, W] to [N, classes]. @throws as `lenet5` */
export function mnasnet1_0(options: MnasNetOptions = {}): Graph {
  const what = 'mnasnet1_0';
  const { classes = 1000, input: shape = IMAGES, alpha = 1, dropout: p = 0.2 } = checked(what, options, OPTIONS);
  positive(what, 'alpha', alpha);
  const scaled = (channels: number): number => divisibleBy8(channels * alpha);
  const [stem, first] = [scaled(32), scaled(16)];
  let from = first;
  const stacks = STACKS.map(([kernel, stride, expansion, width, count]) => {
    const to = scaled(width);
    const blocks = Array.from({ length: count }, (_, i) => invertedResidual(i === 0 ? from : to, to, kernel, i === 0 ? stride : 1, expansion));
    from = to;
    return indexed(blocks);
  });
  const layers = indexed([
    ...conv(3, stem, 3, { stride: 2 }), relu(), ...conv(stem, stem, 3, { depthwise: true }), relu(), ...conv(stem, first, 1),
    ...stacks, ...conv(from, 1280, 1), relu(),
  ]);
  const classifier = indexed([dropout(probability(what, 'dropout', p)), linear(1280, classes)]);
  return chain({ layers, mean: globalAvgPool2d(), flatten: flatten(), classifier }, shape);
}
