import { expectObject } from '../../base/given.js';
import { ShapeError } from '../../base/errors.js';
import { showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import type { InstanceMask } from './mask.js';
import { axesOf, rowsOf } from './resample.js';
import type { Axis, Maps, OnMap } from './resample.js';

/** Masks that things of one input are sums of, as YOLACT made them known (Bolya et al. 2019, arXiv 1904.02689). */
export interface Prototypes {
  /** [count, height, width]. */
  readonly data: Float32Array;
  /** 32 of YOLO's. */
  readonly count: number;
  /** Of each, rows: a quarter of those of the input in YOLO's. */
  readonly height: number;
  /** Of each, pixels in a row. */
  readonly width: number;
}

/** In pixels of the photo. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The mask of each thing: where the sum of the prototypes, weighted by its coefficients, is positive, which is where its sigmoid is over
 * 0.5. Sums are resized to the photo (bilinear, `align_corners=False`) before they are compared, in the box of the thing alone: a mask of
 * a small thing costs little on any photo.
 * @param coefficients - [n, count]
 * @param boxes - n of them, on the photo; pixels count whose upper left corner is in a box
 * @throws ShapeError for prototypes or coefficients of another number
 */
export function masksFromPrototypes(prototypes: Prototypes, coefficients: Float32Array, boxes: readonly Rectangle[], on: OnMap): InstanceMask[] {
  const { data, count, height, width } = prototypes;
  const [size, needed] = [height * width, boxes.length * count];
  if (data.length !== count * size) wrong('masks: prototypes', `[${count}, ${height}, ${width}]`, `${data.length} numbers`, { as: ShapeError });
  if (coefficients.length !== needed) wrong('masks: coefficients', `${count} for each of ${boxes.length} boxes`, String(coefficients.length), { as: ShapeError });
  const axes = axesOf(on, prototypes);
  return boxes.map((box, i) => {
    const within = pixelsIn(box, on.full);
    const [across, down] = [partOf(axes.across, within.left, within.width), partOf(axes.down, within.top, within.height)];
    const sum = weighted(prototypes, coefficients.subarray(i * count, (i + 1) * count), down);
    return { ...within, data: where({ data: sum, classes: 1, height, width, steps: [size, width, 1] }, across, down, (value) => value > 0) };
  });
}

/** The pixels whose upper left corner is in a box, cut off at the edges of the photo. */
function pixelsIn({ left, top, width, height }: Rectangle, full: OnMap['full']): Rectangle {
  const side = (from: number, length: number, most: number): readonly [number, number] => {
    const at = (place: number): number => (Number.isFinite(place) ? Math.min(most, Math.max(0, Math.ceil(place))) : 0);
    return [at(from), Math.max(0, at(from + length) - at(from))];
  };
  const [x, w] = side(left, width, full.width);
  const [y, h] = side(top, height, full.height);
  return { left: x, top: y, width: w, height: h };
}

function partOf({ first, second, share }: Axis, from: number, length: number): Axis {
  const to = from + length;
  return { first: first.subarray(from, to), second: second.subarray(from, to), share: share.subarray(from, to) };
}

/** The weighted sum in those rows that are looked at. */
function weighted({ data, count, height, width }: Prototypes, weights: Float32Array, down: Axis): Float32Array {
  const [size, sum] = [height * width, new Float32Array(height * width)];
  const from = (down.first[0] ?? 0) * width;
  const to = ((down.second.at(-1) ?? -1) + 1) * width;
  for (let k = 0; k < count; k++) {
    const weight = weights[k]!;
    for (let i = from; i < to; i++) sum[i] = sum[i]! + weight * data[k * size + i]!;
  }
  return sum;
}

/** For which pixels a test holds. */
function where(maps: Maps, across: Axis, down: Axis, holds: (value: number) => boolean): Uint8Array {
  const [width, height] = [across.first.length, down.first.length];
  const data = new Uint8Array(width * height);
  const row = new Float32Array(width);
  const fill = rowsOf(maps, across, down);
  for (let y = 0; y < height; y++) {
    fill(0, y, row);
    for (let x = 0; x < width; x++) data[y * width + x] = Number(holds(row[x]!));
  }
  return data;
}

/** Masks of things, each as large as its box, as Mask R-CNN gives them (He et al. 2017, arXiv 1703.06870). */
export interface BoxMasks {
  /** [n, side, side] probabilities of the classes of the boxes. */
  readonly data: Float32Array;
  /** Rows and columns of each mask: 28 of torchvision's. */
  readonly side: number;
}

/** How masks of boxes become masks of the photo. */
export interface PasteOptions {
  /** A pixel is of the thing from this probability on, 0 to 1. Default 0.5. */
  readonly threshold?: number | undefined;
}

/**
 * Lays the mask of each box over the photo, as torchvision's `paste_masks_in_image`: mask and box grow by a pixel of zeros on each side,
 * the box is cut to whole pixels, and the mask is resized to it (bilinear, `align_corners=False`).
 * @param boxes - [n, 4]: left, top, right, bottom, in pixels of the photo
 * @param photo - its size, in pixels
 * @returns for each box the part of the photo that it covers, 1 where the thing is
 * @throws ShapeError for masks of another number than boxes, ArgumentError for what are no such arrays, a size or a threshold that is none
 */
export function pasteMasks(masks: BoxMasks, boxes: Float32Array, photo: OnMap['full'], { threshold = 0.5 }: PasteOptions = {}): InstanceMask[] {
  expectObject('pasteMasks', 'masks of boxes', masks);
  expectObject('pasteMasks: photo', 'a width and height', photo);
  const { data, side } = masks;
  if (!(data instanceof Float32Array && boxes instanceof Float32Array)) wrong('pasteMasks', 'masks and boxes as Float32Array', showValue(data instanceof Float32Array ? boxes : data));
  for (const [what, value] of Object.entries({ width: photo.width, height: photo.height, side })) if (!(Number.isInteger(value) && value >= 1)) wrong(`pasteMasks: ${what}`, 'a whole number from 1 on', showValue(value));
  const count = boxes.length / 4;
  if (data.length !== count * side * side) wrong('masks', `[${count}, ${side}, ${side}]`, `${data.length} numbers`, { as: ShapeError });
  if (!(threshold >= 0 && threshold <= 1)) wrong('threshold', 'a number from 0 to 1', showValue(threshold));
  return Array.from({ length: count }, (_, i) => {
    const framed = withFrame(data.subarray(i * side * side, (i + 1) * side * side), side);
    const [x, y] = [0, 1].map((axis) => grown(boxes[4 * i + axis]!, boxes[4 * i + axis + 2]!, side));
    const across = pasted(x!, side + 2, photo.width);
    const down = pasted(y!, side + 2, photo.height);
    const maps: Maps = { data: framed, classes: 1, height: side + 2, width: side + 2, steps: [framed.length, side + 2, 1] };
    const area = { left: across.from, top: down.from, width: across.axis.first.length, height: down.axis.first.length };
    return { ...area, data: where(maps, across.axis, down.axis, (value) => value >= threshold) };
  });
}

function withFrame(mask: Float32Array, side: number): Float32Array {
  const out = new Float32Array((side + 2) ** 2);
  for (let y = 0; y < side; y++) out.set(mask.subarray(y * side, (y + 1) * side), (y + 1) * (side + 2) + 1);
  return out;
}

/** A side of a box grown about its middle as its mask is, in whole pixels: first and last. */
function grown(from: number, to: number, side: number): readonly [number, number] {
  const [half, middle] = [Math.fround(((to - from) / 2) * ((side + 2) / side)), Math.fround((from + to) / 2)];
  return [Math.trunc(Math.fround(middle - half)), Math.trunc(Math.fround(middle + half))];
}

/** The part of a pasted side that is on the photo. A box that is no place has none. */
function pasted([first, last]: readonly [number, number], map: number, full: number): { readonly from: number; readonly axis: Axis } {
  const there = Number.isFinite(first) && Number.isFinite(last);
  const length = there ? Math.max(1, last - first + 1) : 0;
  const from = there ? Math.min(full, Math.max(0, first)) : 0;
  const count = there ? Math.max(0, Math.min(full, last + 1) - from) : 0;
  const [near, far, share] = [new Int32Array(count), new Int32Array(count), new Float64Array(count)];
  for (let i = 0; i < count; i++) {
    const at = Math.min(map - 1, Math.max(0, ((from + i - first + 0.5) * map) / length - 0.5));
    near[i] = Math.floor(at);
    far[i] = Math.min(map - 1, Math.floor(at) + 1);
    share[i] = at - Math.floor(at);
  }
  return { from, axis: { first: near, second: far, share } };
}
