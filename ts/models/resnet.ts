import type { Graph } from '../graph/graph.js';
import {
  adaptiveAvgPool2d,
  add,
  batchNorm2d,
  conv2d,
  flatten,
  linear,
  maxPool2d,
  named,
  relu,
  sequential,
} from '../ops/layers.js';
import type { Layer } from '../ops/layers.js';
import { chain, checked, IMAGES } from './classic.js';
import type { ModelOptions } from './classic.js';

/** Two 3x3 convolutions, or 1x1, 3x3, 1x1 with four times the channels at the end. */
interface Kind {
  readonly expansion: 1 | 4;
  readonly blocks: readonly [number, number, number, number];
}

const KINDS = {
  18: { expansion: 1, blocks: [2, 2, 2, 2] },
  34: { expansion: 1, blocks: [3, 4, 6, 3] },
  50: { expansion: 4, blocks: [3, 4, 6, 3] },
  101: { expansion: 4, blocks: [3, 4, 23, 3] },
  152: { expansion: 4, blocks: [3, 8, 36, 3] },
} as const satisfies Record<number, Kind>;

/** Convolution and BatchNorm number `index` of a block. */
function convNorm(index: number, from: number, to: number, kernel: 1 | 3, stride: number): Record<string, Layer> {
  const padding = kernel === 3 ? 1 : 0;
  return {
    [`conv${index}`]: conv2d(from, to, kernel, { stride, padding, bias: false }),
    [`bn${index}`]: batchNorm2d(to),
  };
}

/** y = relu(f(x) + x): the shortcut lets gradients pass a block unchanged, which is what makes depth trainable. */
function block(from: number, width: number, stride: number, expansion: 1 | 4): Layer {
  const to = width * expansion;
  const body =
    expansion === 1
      ? { ...convNorm(1, from, width, 3, stride), relu1: relu(), ...convNorm(2, width, to, 3, 1) }
      : {
          ...convNorm(1, from, width, 1, 1),
          relu1: relu(),
          ...convNorm(2, width, width, 3, stride),
          relu2: relu(),
          ...convNorm(3, width, to, 1, 1),
        };
  const residual = sequential(body);
  const shortcut =
    stride === 1 && from === to
      ? undefined
      : sequential([conv2d(from, to, 1, { stride, bias: false }), batchNorm2d(to)], { name: 'downsample' });
  const last = relu({ name: expansion === 1 ? 'relu2' : 'relu3' });
  return named('block', (x) => last(add(residual(x), shortcut ? shortcut(x) : x)));
}

function stage(from: number, width: number, count: number, stride: number, expansion: 1 | 4): Layer {
  const first = block(from, width, stride, expansion);
  const rest = Array.from({ length: count - 1 }, () => block(width * expansion, width, 1, expansion));
  return sequential(Object.fromEntries([first, ...rest].map((layer, index) => [String(index), layer])));
}

function resnet(depth: keyof typeof KINDS, options: ModelOptions): Graph {
  const { classes = 1000, input: shape = IMAGES } = checked(`resnet${depth}`, options);
  const { expansion, blocks } = KINDS[depth];
  const widths = [64, 128, 256, 512];
  const stages = widths.map((width, i): [string, Layer] => {
    const from = i === 0 ? 64 : (widths[i - 1] ?? 0) * expansion;
    return [`layer${i + 1}`, stage(from, width, blocks[i] ?? 0, i === 0 ? 1 : 2, expansion)];
  });
  const modules = {
    conv1: conv2d(3, 64, 7, { stride: 2, padding: 3, bias: false }),
    bn1: batchNorm2d(64),
    relu: relu(),
    maxpool: maxPool2d(3, { stride: 2, padding: 1 }),
    ...Object.fromEntries(stages),
    avgpool: adaptiveAvgPool2d(1),
    flatten: flatten(),
    fc: linear(512 * expansion, classes),
  };
  return chain(modules, shape);
}

// As in torchvision the stride is on the 3x3 convolution.
/** ResNet with 18 layers (He et al. 2015, arXiv 1512.03385), as in torchvision: [N, 3, H, W] to [N, classes]. */
export const resnet18 = (options: ModelOptions = {}): Graph => resnet(18, options);
/** ResNet with 34 layers (He et al. 2015, arXiv 1512.03385), as in torchvision: [N, 3, H, W] to [N, classes]. */
export const resnet34 = (options: ModelOptions = {}): Graph => resnet(34, options);
/** ResNet with 50 layers (He et al. 2015, arXiv 1512.03385), as in torchvision: [N, 3, H, W] to [N, classes]. */
export const resnet50 = (options: ModelOptions = {}): Graph => resnet(50, options);
/** ResNet with 101 layers (He et al. 2015, arXiv 1512.03385), as in torchvision: [N, 3, H, W] to [N, classes]. */
export const resnet101 = (options: ModelOptions = {}): Graph => resnet(101, options);
/** ResNet with 152 layers (He et al. 2015, arXiv 1512.03385), as in torchvision: [N, 3, H, W] to [N, classes]. */
export const resnet152 = (options: ModelOptions = {}): Graph => resnet(152, options);
