import { expectList, expectNumbers, expectObject } from '../base/given.js';
import { checkOptions, optionNames } from '../base/options.js';
import { showValue } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import { tensor } from '../tensor/tensor.js';
import type { Tensor } from '../tensor/tensor.js';
import { bceWithLogits, crossEntropy, smoothL1 } from '../train/losses.js';
import type { Loss } from '../train/loss.js';
import type { TruthBox } from './assign.js';

/** How much each loss of `rcnnLosses` counts, and how many levels there are. */
export interface RcnnLossOptions {
  /** Levels of the pyramid that regions are proposed from, 1 to 16. Default 1. */
  readonly levels?: number | undefined;
  /** Weight of the first stage's binary cross-entropy, from 0 on. Default 1. */
  readonly objectness?: number | undefined;
  /** Weight of its smooth L1 of offsets, from 0 on. Default 1. */
  readonly anchors?: number | undefined;
  /** Weight of the second stage's cross-entropy, from 0 on. Default 1. */
  readonly classes?: number | undefined;
  /** Weight of its smooth L1 of offsets, from 0 on. Default 1. */
  readonly boxes?: number | undefined;
}

const LOSSES = optionNames<RcnnLossOptions>({ levels: true, objectness: true, anchors: true, classes: true, boxes: true });

/** Where smooth L1 turns into a line, as in torchvision. */
const BETA = 1 / 9;

/**
 * The losses of a network of two stages, such as `tinyFasterRcnn({ decoded: false })`, as torchvision's (Ren et al. 2015, arXiv
 * 1506.01497): objectness of each level, offsets of each level, classes, boxes. Each is a sum over what was drawn, divided by how much
 * that was: weights that the network computes have that in them. Its targets are outputs of the network as well; a batch has none.
 * @throws ArgumentError for a weight or a number of levels
 */
export function rcnnLosses(options: RcnnLossOptions = {}): readonly Loss[] {
  checkOptions('rcnnLosses', options, LOSSES);
  const { levels = 1, objectness = 1, anchors = 1, classes = 1, boxes = 1 } = options;
  if (!(Number.isSafeInteger(levels) && levels >= 1 && levels <= 16)) wrong('rcnnLosses: levels', 'a whole number from 1 to 16', showValue(levels));
  const of = (output: string, weight: number) => ({ output, target: `${output}.target`, weights: `${output}.weights`, divisor: 1, weight });
  const all = Array.from({ length: levels }, (_, level) => level);
  return [
    ...all.map((level) => bceWithLogits(of(`objectness${level}`, objectness))),
    ...all.map((level) => smoothL1({ ...of(`anchors${level}`, anchors), beta: BETA })),
    crossEntropy(of('classes', classes)),
    smoothL1({ ...of('boxes', boxes), beta: BETA }),
  ];
}

/** What true boxes are made for. */
export interface RcnnTruthOptions {
  /** Height and width of the images in pixels. */
  readonly size: readonly [height: number, width: number];
  /** Classes that are told apart, without the background. */
  readonly classes: number;
  /** True boxes of an image, at most: the same as of the network. Default 16. */
  readonly objects?: number | undefined;
}

const TRUTHS = optionNames<RcnnTruthOptions>({ size: true, classes: true, objects: true });

/** Numbers of a true box. */
const ROW = 5;

/**
 * The input `truths` of a network such as `tinyFasterRcnn({ decoded: false })`: rows left, top, right, bottom in pixels and class from 1 on;
 * rows behind an image's own are 0. [N, objects, 5]
 * @param images - the objects of each image
 * @throws ArgumentError for an option, more objects than the largest number, a class that there is not, or a box without a size or outside
 *   of the image, naming it
 */
export function rcnnTruths(images: readonly (readonly TruthBox[])[], options: RcnnTruthOptions): Tensor {
  checkOptions('rcnnTruths', options, TRUTHS);
  const { size, classes, objects = 16 } = (options as RcnnTruthOptions | undefined) ?? ({} as Partial<RcnnTruthOptions>);
  expectNumbers('rcnnTruths: size', 'height and width in pixels', size, 2);
  for (const [name, value] of [['classes', classes], ['objects', objects]] as const) {
    if (!(Number.isSafeInteger(value) && value! >= 1)) wrong(`rcnnTruths: ${name}`, 'a whole number from 1 on', showValue(value));
  }
  expectList('rcnnTruths', 'a list of objects for each image', images);
  const data = new Float32Array(images.length * objects * ROW);
  for (const [image, boxes] of images.entries()) {
    expectList(`image ${image}`, 'a list of its objects', boxes);
    if (boxes.length > objects) wrong(`image ${image}`, `at most ${objects} objects`, String(boxes.length), { hint: 'give the network and rcnnTruths a larger number of objects' });
    for (const [at, box] of boxes.entries()) data.set(rowOf(box, `image ${image}: boxes[${at}]`, size!, classes!), (image * objects + at) * ROW);
  }
  return tensor(data, [images.length, objects, ROW]);
}

function rowOf(box: TruthBox, place: string, [height, width]: readonly [number, number], classes: number): readonly number[] {
  expectObject(place, 'a box { left, top, width, height, index }', box);
  const { left, top, index } = box;
  const [right, bottom] = [left + box.width, top + box.height];
  const sized = box.width > 0 && box.height > 0 && [left, top, right, bottom].every((edge) => Number.isFinite(edge));
  if (!sized) wrong(place, 'a box with a width and a height above 0', `${box.width} x ${box.height} at ${left}, ${top}`);
  if (!(right > 0 && bottom > 0 && left < width && top < height)) wrong(place, `a box that lies on the image of ${width} x ${height}`, `${box.width} x ${box.height} at ${left}, ${top}`);
  if (!(Number.isSafeInteger(index) && index >= 0 && index < classes)) wrong(`${place}.index`, `a class from 0 to ${classes - 1}`, showValue(index));
  return [left, top, right, bottom, index + 1];
}
