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
import type { Layer, Value } from '../ops/layers.js';
import { chain, checked, IMAGES } from './classic.js';
import type { ModelOptions } from './classic.js';
import { optionNames } from '../base/options.js';
import { showValue } from '../base/show.js';
import { wrong } from '../base/wrong.js';

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

/** What ResNets with 50 layers and more take. */
export interface ResNetOptions extends ModelOptions {
  /**
   * For each of the stages `layer2` to `layer4`, whether kernels are dilated in place of the stride, so that maps stay twice as large: for
   * segmentation. Default: none.
   */
  readonly replaceStrideWithDilation?: ReplaceStrideWithDilation | undefined;
}

/** Whether the kernels of `layer2`, `layer3` and `layer4` are dilated. */
export type ReplaceStrideWithDilation = readonly [layer2: boolean, layer3: boolean, layer4: boolean];

const RESNET_OPTIONS = optionNames<ResNetOptions>({ classes: true, input: true, replaceStrideWithDilation: true });

/** How a 3x3 convolution walks. */
interface Walk {
  readonly stride: number;
  readonly dilation: number;
}

/** Makes the norms of a network. */
type Norm = (channels: number) => Layer;

/** Convolution and BatchNorm number `index` of a block. */
function convNorm(index: number, from: number, to: number, kernel: 1 | 3, norm: Norm, { stride, dilation }: Walk = { stride: 1, dilation: 1 }): Record<string, Layer> {
  const padding = kernel === 3 ? dilation : 0;
  return {
    [`conv${index}`]: conv2d(from, to, kernel, { stride, padding, dilation, bias: false }),
    [`bn${index}`]: norm(to),
  };
}

/** y = relu(f(x) + x): the shortcut lets gradients pass a block unchanged, which is what makes depth trainable. */
function block(from: number, width: number, walk: Walk, expansion: 1 | 4, norm: Norm): Layer {
  const to = width * expansion;
  const { stride } = walk;
  const body =
    expansion === 1
      ? { ...convNorm(1, from, width, 3, norm, walk), relu1: relu(), ...convNorm(2, width, to, 3, norm) }
      : {
          ...convNorm(1, from, width, 1, norm),
          relu1: relu(),
          ...convNorm(2, width, width, 3, norm, walk),
          relu2: relu(),
          ...convNorm(3, width, to, 1, norm),
        };
  const residual = sequential(body);
  const shortcut =
    stride === 1 && from === to
      ? undefined
      : sequential([conv2d(from, to, 1, { stride, bias: false }), norm(to)], { name: 'downsample' });
  const last = relu({ name: expansion === 1 ? 'relu2' : 'relu3' });
  return named('block', (x) => last(add(residual(x), shortcut ? shortcut(x) : x)));
}

/** @param first - how the first block walks; the others have stride 1 and dilation `dilation` */
function stage(from: number, width: number, count: number, first: Walk, dilation: number, expansion: 1 | 4, norm: Norm): Layer {
  const to = width * expansion;
  const rest = Array.from({ length: count - 1 }, () => block(to, width, { stride: 1, dilation }, expansion, norm));
  return sequential(Object.fromEntries([block(from, width, first, expansion, norm), ...rest].map((layer, index) => [String(index), layer])));
}

/** The modules of a ResNet by name, up to the last map: `conv1`, `bn1`, `relu`, `maxpool`, `layer1` to `layer4`. */
export function resnetFeatures(depth: keyof typeof KINDS, dilated: ReplaceStrideWithDilation = [false, false, false], norm: Norm = (channels) => batchNorm2d(channels)): Record<string, Layer> {
  const { expansion, blocks } = KINDS[depth];
  const widths = [64, 128, 256, 512];
  let dilation = 1;
  const stages = widths.map((width, i): [string, Layer] => {
    const from = i === 0 ? 64 : (widths[i - 1] ?? 0) * expansion;
    const keeps = i === 0 || dilated[i - 1] === true;
    // The first block sees a map that was not dilated yet.
    const first = { stride: keeps ? 1 : 2, dilation };
    if (i > 0 && keeps) dilation *= 2;
    return [`layer${i + 1}`, stage(from, width, blocks[i] ?? 0, first, dilation, expansion, norm)];
  });
  return {
    conv1: conv2d(3, 64, 7, { stride: 2, padding: 3, bias: false }),
    bn1: norm(64),
    relu: relu(),
    maxpool: maxPool2d(3, { stride: 2, padding: 1 }),
    ...Object.fromEntries(stages),
  };
}

/** The maps of the four stages over images, the finest first, as the module `backbone.body`. */
export function resnetStages(depth: keyof typeof KINDS, images: Value, normEps = 1e-5): readonly Value[] {
  const maps: Value[] = [];
  let stage: Record<string, Layer> = {};
  for (const [name, layer] of Object.entries(resnetFeatures(depth, undefined, (channels) => batchNorm2d(channels, { eps: normEps })))) {
    stage = { ...stage, [name]: layer };
    if (!name.startsWith('layer')) continue;
    maps.push(named('backbone.body', sequential(stage))(maps.at(-1) ?? images));
    stage = {};
  }
  return maps;
}

/** Two 3x3 convolutions have no place for dilation in torchvision, and take no option for it. */
function resnet(depth: keyof typeof KINDS, options: ResNetOptions): Graph {
  const { expansion } = KINDS[depth];
  const what = `resnet${depth}`;
  const { classes = 1000, input: shape = IMAGES, replaceStrideWithDilation: dilated } = checked(what, options, expansion === 4 ? RESNET_OPTIONS : undefined);
  if (dilated !== undefined && !(Array.isArray(dilated) && dilated.length === 3 && dilated.every((one) => typeof one === 'boolean'))) {
    wrong(`${what}: replaceStrideWithDilation`, 'three of true and false', showValue(dilated));
  }
  return chain({ ...resnetFeatures(depth, dilated), avgpool: adaptiveAvgPool2d(1), flatten: flatten(), fc: linear(512 * expansion, classes) }, shape);
}

// As in torchvision the stride is on the 3x3 convolution.
/** ResNet with 18 layers (He et al. 2015, arXiv 1512.03385), as in torchvision: [N, 3, H, W] to [N, classes]. @throws as `lenet5` */
export const resnet18 = (options: ModelOptions = {}): Graph => resnet(18, options);
/** ResNet with 34 layers (He et al. 2015, arXiv 1512.03385), as in torchvision: [N, 3, H, W] to [N, classes]. @throws as `lenet5` */
export const resnet34 = (options: ModelOptions = {}): Graph => resnet(34, options);
/** ResNet with 50 layers (He et al. 2015, arXiv 1512.03385), as in torchvision: [N, 3, H, W] to [N, classes]. @throws as `lenet5` */
export const resnet50 = (options: ResNetOptions = {}): Graph => resnet(50, options);
/** ResNet with 101 layers (He et al. 2015, arXiv 1512.03385), as in torchvision: [N, 3, H, W] to [N, classes]. @throws as `lenet5` */
export const resnet101 = (options: ResNetOptions = {}): Graph => resnet(101, options);
/** ResNet with 152 layers (He et al. 2015, arXiv 1512.03385), as in torchvision: [N, 3, H, W] to [N, classes]. @throws as `lenet5` */
export const resnet152 = (options: ResNetOptions = {}): Graph => resnet(152, options);
