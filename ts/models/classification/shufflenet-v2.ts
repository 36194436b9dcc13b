import type { Graph } from '../../graph/graph.js';
import { batchNorm2d, cat, channelShuffle, chunk, conv2d, flatten, globalAvgPool2d, linear, maxPool2d, named, relu } from '../../ops/layers.js';
import type { Layer } from '../../ops/layers.js';
import { chain, checked, IMAGES } from '../classic.js';
import type { ModelOptions } from '../classic.js';
import { convNorm, indexed } from './blocks.js';

/** Units of each stage. */
const REPEATS = [4, 8, 4] as const;

/** 1x1, depthwise 3x3, 1x1; each with BatchNorm, the outer ones with ReLU. */
function wide(from: number, to: number, stride: number): Layer[] {
  return [conv2d(from, to, 1, { bias: false }), batchNorm2d(to), relu(), ...narrow(to, to, stride)];
}

/** Depthwise 3x3, 1x1. */
function narrow(from: number, to: number, stride: number): Layer[] {
  const depthwise = conv2d(from, from, 3, { stride, padding: 1, groups: from, bias: false });
  return [depthwise, batchNorm2d(from), conv2d(from, to, 1, { bias: false }), batchNorm2d(to), relu()];
}

/** One half of the channels passes as it is, and the halves are shuffled; with stride 2 both halves see all channels. */
function unit(from: number, to: number, stride: 1 | 2): Layer {
  const half = to / 2;
  const shuffle = channelShuffle(2);
  const branch2 = named('branch2', indexed(wide(stride === 1 ? half : from, half, stride)));
  if (stride === 1) {
    return named('unit', (x) => {
      const [kept, changed] = chunk(x, 2);
      return shuffle(cat([kept!, branch2(changed!)]));
    });
  }
  const branch1 = named('branch1', indexed(narrow(from, half, stride)));
  return named('unit', (x) => shuffle(cat([branch1(x), branch2(x)])));
}

/** ShuffleNetV2 of width 1.0 (Ma et al. 2018, arXiv 1807.11164), as in torchvision: [N, 3, H, W] to [N, classes]. @throws as `lenet5` */
export function shufflenet_v2_x1_0(options: ModelOptions = {}): Graph {
  return shuffleNetV2('shufflenet_v2_x1_0', [24, 116, 232, 464, 1024], options);
}

function shuffleNetV2(what: string, widths: readonly [number, number, number, number, number], options: ModelOptions): Graph {
  const { classes = 1000, input: shape = IMAGES } = checked(what, options);
  const [stem, , , last, head] = widths;
  const stages = REPEATS.map((count, i): [string, Layer] => {
    const [from, to] = [widths[i] ?? 0, widths[i + 1] ?? 0];
    return [`stage${i + 2}`, indexed(Array.from({ length: count }, (_, at) => (at === 0 ? unit(from, to, 2) : unit(to, to, 1))))];
  });
  const modules = {
    conv1: convNorm(3, stem, 3, { stride: 2, activation: relu }),
    maxpool: maxPool2d(3, { stride: 2, padding: 1 }),
    ...Object.fromEntries(stages),
    conv5: convNorm(last, head, 1, { activation: relu }),
    mean: globalAvgPool2d(),
    flatten: flatten(),
    fc: linear(head, classes),
  };
  return chain(modules, shape);
}
