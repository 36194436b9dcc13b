import { expectList } from '../base/given.js';
import type { Tensor } from '../tensor/tensor.js';
import { expectBox } from './box.js';
import type { Box } from './box.js';

/** torchvision's guard against a division by zero. */
const EPSILON = 1e-7;

/** What two boxes have to do with each other. */
interface Pair {
  readonly a: Box;
  readonly b: Box;
  /** Area that both cover. */
  readonly shared: number;
  /** Area that any of them covers. */
  readonly union: number;
  readonly iou: number;
}

type Measure = (pair: Pair) => number;

/**
 * Area of the intersection over area of the union of each box of `a` with each of `b`, 0 to 1; of boxes without an area 0.
 * torchvision's `box_iou`.
 * @returns [A, B]
 * @throws ArgumentError for what is no list of boxes, a number that is not finite, or a negative size
 */
export function boxIou(a: readonly Box[], b: readonly Box[]): Tensor<'float64'> {
  return pairs(a, b, ({ iou }) => iou);
}

/**
 * IoU minus the part of the smallest box around both that neither covers, -1 to 1 (Rezatofighi et al. 2019, arXiv 1902.09630).
 * torchvision's `generalized_box_iou`; of boxes that are one and the same point 0.
 * @returns [A, B]
 * @throws ArgumentError as `boxIou`
 */
export function generalizedBoxIou(a: readonly Box[], b: readonly Box[]): Tensor<'float64'> {
  return pairs(a, b, (pair) => {
    const [width, height] = around(pair);
    const area = width * height;
    return area === 0 ? pair.iou : pair.iou - (area - pair.union) / area;
  });
}

/**
 * IoU minus the squared distance of the centres over the squared diagonal of the smallest box around both (Zheng et al. 2020,
 * arXiv 1911.08287). torchvision's `distance_box_iou`.
 * @returns [A, B]
 * @throws ArgumentError as `boxIou`
 */
export function distanceBoxIou(a: readonly Box[], b: readonly Box[]): Tensor<'float64'> {
  return pairs(a, b, distance);
}

/**
 * `distanceBoxIou` less what the proportions of the boxes differ by (Zheng et al. 2020, arXiv 1911.08287). torchvision's
 * `complete_box_iou`; a box of size 0 has the proportions of one that is as flat as can be.
 * @returns [A, B]
 * @throws ArgumentError as `boxIou`
 */
export function completeBoxIou(a: readonly Box[], b: readonly Box[]): Tensor<'float64'> {
  return pairs(a, b, (pair) => {
    const v = (4 / Math.PI ** 2) * (Math.atan2(pair.a.width, pair.a.height) - Math.atan2(pair.b.width, pair.b.height)) ** 2;
    return distance(pair) - (v / (1 - pair.iou + v + EPSILON)) * v;
  });
}

const distance: Measure = (pair) => {
  const { a, b } = pair;
  const [width, height] = around(pair);
  const between = (a.left + a.width / 2 - b.left - b.width / 2) ** 2 + (a.top + a.height / 2 - b.top - b.height / 2) ** 2;
  return pair.iou - between / (width ** 2 + height ** 2 + EPSILON);
};

/** Width and height of the smallest box around both. */
function around({ a, b }: Pair): readonly [number, number] {
  return [
    Math.max(a.left + a.width, b.left + b.width) - Math.min(a.left, b.left),
    Math.max(a.top + a.height, b.top + b.height) - Math.min(a.top, b.top),
  ];
}

/** Area that two boxes share. */
export function sharedArea(a: Box, b: Box): number {
  const width = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left);
  const height = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top);
  return width <= 0 || height <= 0 ? 0 : width * height;
}

function pairs(a: readonly Box[], b: readonly Box[], measure: Measure): Tensor<'float64'> {
  for (const [name, boxes] of Object.entries({ a, b })) {
    expectList(name, 'a list of boxes', boxes);
    for (const [i, box] of boxes.entries()) expectBox(box, `${name}: box ${i}`);
  }
  const data = new Float64Array(a.length * b.length);
  a.forEach((first, i) => {
    b.forEach((second, j) => {
      const shared = sharedArea(first, second);
      const union = first.width * first.height + second.width * second.height - shared;
      data[i * b.length + j] = measure({ a: first, b: second, shared, union, iou: union > 0 ? shared / union : 0 });
    });
  });
  return { dtype: 'float64', shape: [a.length, b.length], data };
}
