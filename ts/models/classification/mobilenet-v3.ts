import type { Graph } from '../../graph/graph.js';
import { adaptiveAvgPool2d, add, dropout, flatten, hardsigmoid, hardswish, linear, named, relu } from '../../ops/layers.js';
import type { Layer } from '../../ops/layers.js';
import { optionNames } from '../../base/options.js';
import { chain, checked, IMAGES } from '../classic.js';
import type { ModelOptions } from '../classic.js';
import { convNorm, divisibleBy8, indexed, positive, probability, squeezeExcitation } from './blocks.js';
import type { Norm } from './blocks.js';

/** How a MobileNetV3 is cut, but for its classes. */
export interface MobileNetV3Features {
  /** Factor of all numbers of channels, which become multiples of 8. Default 1. */
  readonly widthMult?: number | undefined;
  /** Whether the last blocks have half their channels. Default false. */
  readonly reducedTail?: boolean | undefined;
  /** Whether the last blocks dilate their kernels in place of a stride, so that maps stay twice as large: for segmentation. Default false. */
  readonly dilated?: boolean | undefined;
}

/** What `mobilenet_v3_large` and `mobilenet_v3_small` take. */
export interface MobileNetV3Options extends ModelOptions, MobileNetV3Features {
  /** Probability of the dropout before the last layer. Default 0.2. */
  readonly dropout?: number | undefined;
}

const OPTIONS = optionNames<MobileNetV3Options>({
  classes: true, input: true, widthMult: true, reducedTail: 'boolean', dilated: 'boolean', dropout: true,
});

type Row = readonly [kernel: 3 | 5, expanded: number, width: number, excited: boolean, activation: 'relu' | 'hardswish', stride: 1 | 2];

/** The blocks, of which the last three are the tail; and the width of the hidden layer of the classifier. */
const SIZES = {
  large: {
    hidden: 1280,
    rows: [
      [3, 16, 16, false, 'relu', 1],
      [3, 64, 24, false, 'relu', 2], [3, 72, 24, false, 'relu', 1],
      [5, 72, 40, true, 'relu', 2], [5, 120, 40, true, 'relu', 1], [5, 120, 40, true, 'relu', 1],
      [3, 240, 80, false, 'hardswish', 2], [3, 200, 80, false, 'hardswish', 1], [3, 184, 80, false, 'hardswish', 1],
      [3, 184, 80, false, 'hardswish', 1], [3, 480, 112, true, 'hardswish', 1], [3, 672, 112, true, 'hardswish', 1],
      [5, 672, 160, true, 'hardswish', 2], [5, 960, 160, true, 'hardswish', 1], [5, 960, 160, true, 'hardswish', 1],
    ],
  },
  small: {
    hidden: 1024,
    rows: [
      [3, 16, 16, true, 'relu', 2],
      [3, 72, 24, false, 'relu', 2], [3, 88, 24, false, 'relu', 1],
      [5, 96, 40, true, 'hardswish', 2], [5, 240, 40, true, 'hardswish', 1], [5, 240, 40, true, 'hardswish', 1],
      [5, 120, 48, true, 'hardswish', 1], [5, 144, 48, true, 'hardswish', 1],
      [5, 288, 96, true, 'hardswish', 2], [5, 576, 96, true, 'hardswish', 1], [5, 576, 96, true, 'hardswish', 1],
    ],
  },
} as const satisfies Record<string, { hidden: number; rows: readonly Row[] }>;

/** The blocks that belong to the last stage. */
const TAIL = 3;

/** As torchvision's, whose default for BatchNorm is another. */
const NORM: Norm = { eps: 1e-3, momentum: 0.01 };

/** A block whose channels, stride and dilation are known. */
interface Block {
  readonly from: number;
  readonly expanded: number;
  readonly to: number;
  readonly kernel: number;
  readonly excited: boolean;
  readonly activation: () => Layer;
  readonly stride: number;
  readonly dilation: number;
  readonly norm: Norm;
}

/** What a block calls one after the other: to expand, by each channel, the excitation, and to project. */
function blockParts({ from, expanded, to, kernel, excited, activation, stride, dilation, norm }: Block): readonly Layer[] {
  return [
    ...(expanded === from ? [] : [convNorm(from, expanded, 1, { norm, activation })]),
    convNorm(expanded, expanded, kernel, { stride: dilation > 1 ? 1 : stride, dilation, groups: expanded, norm, activation }),
    ...(excited ? [squeezeExcitation(expanded, divisibleBy8(Math.floor(expanded / 4)), { gate: hardsigmoid })] : []),
    convNorm(expanded, to, 1, { norm }),
  ];
}

function block({ from, to, stride }: Block, parts: readonly Layer[]): Layer {
  const body = named('block', indexed(parts));
  return named('residual', (x) => (stride === 1 && from === to ? add(body(x), x) : body(x)));
}

/** The layers of `features` and, of each, how many channels it gives; of each block its own layers, and how many channels it expands to. */
export interface Features {
  readonly layers: readonly Layer[];
  readonly blocks: readonly { readonly parts: readonly Layer[]; readonly expanded: number }[];
  readonly channels: readonly number[];
}

/** The convolutions of a MobileNetV3, in order. Layer i + 1 is block i. */
export function mobileNetV3Features(size: keyof typeof SIZES, options: MobileNetV3Features, norm = NORM): Features {
  const { widthMult = 1, reducedTail = false, dilated = false } = options;
  const scaled = (channels: number): number => divisibleBy8(channels * widthMult);
  const rows: readonly Row[] = SIZES[size].rows;
  const channels = [scaled(16)];
  const layers = [convNorm(3, scaled(16), 3, { stride: 2, norm, activation: hardswish })];
  const blocks: { parts: readonly Layer[]; expanded: number }[] = [];
  rows.forEach(([kernel, expanded, width, excited, activation, stride], i) => {
    const left = rows.length - i;
    const halved = (of: number, blocks: number): number => (reducedTail && left <= blocks ? Math.floor(of / 2) : of);
    const to = scaled(halved(width, TAIL));
    const one: Block = {
      from: channels.at(-1)!, expanded: scaled(halved(expanded, TAIL - 1)), to, kernel, excited, stride, norm,
      activation: activation === 'relu' ? relu : hardswish, dilation: dilated && left <= TAIL ? 2 : 1,
    };
    const parts = blockParts(one);
    blocks.push({ parts, expanded: one.expanded });
    layers.push(block(one, parts));
    channels.push(to);
  });
  const last = channels.at(-1)!;
  layers.push(convNorm(last, 6 * last, 1, { norm, activation: hardswish }));
  return { layers, blocks, channels: [...channels, 6 * last] };
}

function mobileNetV3(size: keyof typeof SIZES, options: MobileNetV3Options): Graph {
  const what = `mobilenet_v3_${size}`;
  const { classes = 1000, input: shape = IMAGES, widthMult = 1, dropout: p = 0.2 } = checked(what, options, OPTIONS);
  positive(what, 'widthMult', widthMult);
  const { layers, channels } = mobileNetV3Features(size, options);
  const hidden = divisibleBy8((SIZES[size].hidden / (options.reducedTail ? 2 : 1)) * widthMult);
  const classifier = indexed([linear(channels.at(-1)!, hidden), hardswish(), dropout(probability(what, 'dropout', p)), linear(hidden, classes)]);
  return chain({ features: indexed(layers), avgpool: adaptiveAvgPool2d(1), flatten: flatten(), classifier }, shape);
}

/** MobileNetV3-Large (Howard et al. 2019, arXiv 1905.02244), as in torchvision: [N, 3, H, W] to [N, classes]. @throws as `lenet5` */
export const mobilenet_v3_large = (options: MobileNetV3Options = {}): Graph => mobileNetV3('large', options);
/** MobileNetV3-Small (Howard et al. 2019, arXiv 1905.02244), as in torchvision: [N, 3, H, W] to [N, classes]. @throws as `lenet5` */
export const mobilenet_v3_small = (options: MobileNetV3Options = {}): Graph => mobileNetV3('small', options);
