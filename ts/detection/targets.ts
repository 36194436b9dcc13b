import { expectObject } from '../base/given.js';
import { checkOptions, optionNames } from '../base/options.js';
import { showValue } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import { tensor } from '../tensor/tensor.js';
import type { Tensor } from '../tensor/tensor.js';
import { bceWithLogits, boxIou } from '../train/losses.js';
import type { Loss } from '../train/loss.js';
import { assignTo, gridOf, NOTHING } from './assign.js';
import type { Grid, GridOptions, TruthBox } from './assign.js';

/** What targets are made for. */
export interface YoloTargetOptions extends GridOptions {
  /** Classes that are told apart, from 1 on. */
  readonly classes: number;
}

const OPTIONS = optionNames<YoloTargetOptions>({ size: true, strides: true, radius: true, ranges: true, classes: true });

/** Numbers of one target: what a typed array holds everywhere. */
const MAX_NUMBERS = 2 ** 29;

/** Targets of the losses of `yoloLosses`, in their order: [N, 5, cells], [N, 1, cells] and [N, 2, classes, cells]. */
export type YoloTargets = readonly [boxes: Tensor, objectness: Tensor, classes: Tensor];

/** How much each loss of `yoloLosses` counts. */
export interface YoloLossWeights {
  /** Weight of the mean over cells with an object, from 0 on. Default 5. */
  readonly boxes?: number | undefined;
  /** Weight of the mean over all cells, of which few have an object, from 0 on. Default 20. */
  readonly objectness?: number | undefined;
  /** Weight of the mean over cells with an object and over classes, of which one is right, from 0 on. Default 10. */
  readonly classes?: number | undefined;
}

/**
 * The losses of a network such as `tinyYolo({ decoded: false })`: CIoU of the boxes of cells that have an object, binary cross-entropy of the
 * objectness of all cells, and of the classes of cells that have an object (Redmon and Farhadi 2018, arXiv 1804.02767).
 * @throws ArgumentError for a weight
 */
export function yoloLosses({ boxes = 5, objectness = 20, classes = 10 }: YoloLossWeights = {}): readonly Loss[] {
  return [
    boxIou({ output: 'boxes', kind: 'ciou', form: 'cxcywh', dim: 1, weight: boxes }),
    bceWithLogits({ output: 'objectness', weight: objectness }),
    bceWithLogits({ output: 'classes', weighted: true, weight: classes }),
  ];
}

/**
 * What a network such as `tinyYolo({ decoded: false })` should give for images with these objects; `assignCells` says which cell finds which.
 * @param images - the objects of each image
 * @throws ArgumentError for an option, what are no lists of objects, targets that are too large, a class that there is not, or a box as `assignCells` refuses it, naming the image
 */
export function yoloTargets(images: readonly (readonly TruthBox[])[], options: YoloTargetOptions): YoloTargets {
  checkOptions('yoloTargets', options, OPTIONS);
  const { classes: count, ...of } = (options as YoloTargetOptions | undefined) ?? ({} as YoloTargetOptions);
  const grid = gridOf('yoloTargets', of);
  if (!(Number.isSafeInteger(count) && count >= 1)) wrong('yoloTargets: classes', 'a whole number from 1 on', showValue(count));
  if (!Array.isArray(images)) wrong('yoloTargets', 'a list of objects for each image', showValue(images));
  const [n, cells] = [images.length, grid.cells];
  const most = n * cells * Math.max(5, 2 * count);
  if (most > MAX_NUMBERS) wrong('yoloTargets', `targets of at most ${MAX_NUMBERS} numbers`, `${most} for ${n} images of ${cells} cells and ${count} classes`, { hint: 'give fewer images at once' });
  const boxes = new Float32Array(n * 5 * cells);
  const objectness = new Float32Array(n * cells);
  const classes = new Float32Array(n * 2 * count * cells);
  for (const [image, truths] of (images as readonly (readonly TruthBox[])[]).entries()) {
    expectClasses(truths, count, `image ${image}`);
    const owners = assignTo(grid, truths, `image ${image}: boxes`);
    fillImage(grid, truths, owners, {
      boxes: boxes.subarray(image * 5 * cells, (image + 1) * 5 * cells),
      objectness: objectness.subarray(image * cells, (image + 1) * cells),
      classes: classes.subarray(image * 2 * count * cells, (image + 1) * 2 * count * cells),
    });
  }
  return [tensor(boxes, [n, 5, cells]), tensor(objectness, [n, 1, cells]), tensor(classes, [n, 2, count, cells])];
}

function expectClasses(truths: readonly TruthBox[], classes: number, place: string): void {
  if (!Array.isArray(truths)) wrong(place, 'a list of its objects', showValue(truths), { hint: 'give a list for each image: [[box, box], [box]]' });
  for (const [i, box] of (truths as readonly TruthBox[]).entries()) {
    expectObject(`${place}: boxes[${i}]`, 'a box { left, top, width, height, index }', box);
    const { index } = box;
    if (!(Number.isSafeInteger(index) && index >= 0 && index < classes)) wrong(`${place}: boxes[${i}].index`, `a class from 0 to ${classes - 1}`, showValue(index));
  }
}

interface OfImage {
  /** [5, cells] */
  readonly boxes: Float32Array;
  /** [cells] */
  readonly objectness: Float32Array;
  /** [2, classes, cells] */
  readonly classes: Float32Array;
}

function fillImage({ levels, cells }: Grid, truths: readonly TruthBox[], owners: Int32Array, { boxes, objectness, classes }: OfImage): void {
  const half = classes.length / 2;
  for (const { stride, columns, rows, first } of levels) {
    for (let at = first; at < first + rows * columns; at++) {
      const owner = owners[at]!;
      if (owner === NOTHING) continue;
      const { left, top, width, height, index } = truths[owner]!;
      const [i, j] = [Math.floor((at - first) / columns), (at - first) % columns];
      const numbers = [(left + width / 2) / stride - j - 0.5, (top + height / 2) / stride - i - 0.5, width / stride, height / stride, 1];
      numbers.forEach((number, k) => (boxes[k * cells + at] = number));
      objectness[at] = 1;
      classes[index * cells + at] = 1;
      for (let k = 0; k < half; k += cells) classes[half + k + at] = 1;
    }
  }
}
