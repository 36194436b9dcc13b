import type { Graph } from '../../graph/graph.js';
import { adaptiveAvgPool2d, add, dropout, flatten, linear, named, silu, stochasticDepth } from '../../ops/layers.js';
import type { Layer } from '../../ops/layers.js';
import { optionNames } from '../../base/options.js';
import { chain, checked, IMAGES } from '../classic.js';
import type { ModelOptions } from '../classic.js';
import { convNorm, indexed, probability, squeezeExcitation } from './blocks.js';

/** What `efficientnet_b0` takes. */
export interface EfficientNetOptions extends ModelOptions {
  /** Probability of the dropout before the last layer. Default 0.2. */
  readonly dropout?: number | undefined;
  /** Probability with which training leaves out the last block for an image; it grows evenly from 0 at the first. Default 0.2. */
  readonly stochasticDepthProb?: number | undefined;
}

const OPTIONS = optionNames<EfficientNetOptions>({ classes: true, input: true, dropout: true, stochasticDepthProb: true });

/** The stages of EfficientNet-B0: how much wider a block is inside, its kernel, the stride of the first, channels, blocks. */
const STAGES = [
  [1, 3, 1, 16, 1], [6, 3, 2, 24, 2], [6, 5, 2, 40, 2], [6, 3, 2, 80, 3], [6, 5, 1, 112, 3], [6, 5, 2, 192, 4], [6, 3, 1, 320, 1],
] as const;

/** A mobile inverted bottleneck with squeeze-and-excitation. */
interface Block {
  readonly from: number;
  readonly to: number;
  readonly expansion: number;
  readonly kernel: number;
  readonly stride: number;
  /** Probability with which training leaves it out. */
  readonly drop: number;
}

function block({ from, to, expansion, kernel, stride, drop }: Block): Layer {
  const expanded = from * expansion;
  const layers = [
    ...(expanded === from ? [] : [convNorm(from, expanded, 1, { activation: silu })]),
    convNorm(expanded, expanded, kernel, { stride, groups: expanded, activation: silu }),
    squeezeExcitation(expanded, Math.max(1, Math.floor(from / 4)), { activation: silu }),
    convNorm(expanded, to, 1),
  ];
  const body = named('block', indexed(layers));
  const depth = stochasticDepth(drop, { name: 'stochastic_depth' });
  return named('residual', (x) => (stride === 1 && from === to ? add(depth(body(x)), x) : body(x)));
}

/** EfficientNet-B0 (Tan and Le 2019, arXiv 1905.11946), as in torchvision: [N, 3, H, W] to [N, classes]. @throws as `lenet5` */
export function efficientnet_b0(options: EfficientNetOptions = {}): Graph {
  const what = 'efficientnet_b0';
  const { classes = 1000, input: shape = IMAGES, dropout: p = 0.2, stochasticDepthProb = 0.2 } = checked(what, options, OPTIONS);
  probability(what, 'stochasticDepthProb', stochasticDepthProb);
  const blocks = STAGES.reduce((sum, [, , , , count]) => sum + count, 0);
  let [from, made] = [32, 0];
  const stages = STAGES.map(([expansion, kernel, first, to, count]) =>
    indexed(Array.from({ length: count }, (_, i) => {
      const layer = block({ from, to, expansion, kernel, stride: i === 0 ? first : 1, drop: (stochasticDepthProb * made) / blocks });
      [from, made] = [to, made + 1];
      return layer;
    })));
  const features = indexed([
    convNorm(3, 32, 3, { stride: 2, activation: silu }), ...stages, convNorm(from, 4 * from, 1, { activation: silu }),
  ]);
  const classifier = indexed([dropout(probability(what, 'dropout', p)), linear(4 * from, classes)]);
  return chain({ features, avgpool: adaptiveAvgPool2d(1), flatten: flatten(), classifier }, shape);
}
