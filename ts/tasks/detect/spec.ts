import { optionNames } from '../../base/options.js';
import { showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import type { PreprocessOptions } from '../../image/types.js';
import type { Labels } from '../labels.js';

/** Forms in which detectors say what is where, by the names of the networks that made them known. */
export const HEAD_NAMES = ['nanodet'] as const;
export type HeadName = (typeof HEAD_NAMES)[number];

/** How the outputs of a detector are read. What is not said is found by the shapes of the outputs. */
export interface DetectSpec {
  /** Boxes. */
  readonly kind: 'detect';
  /** In which form the outputs are. */
  readonly head?: HeadName | undefined;
  /** Pixels of the input from one cell of a map to the next, for each map. */
  readonly strides?: readonly number[] | undefined;
  /** Widths and heights of the anchors of each map, in pixels of the input. */
  readonly anchors?: readonly (readonly (readonly [width: number, height: number])[])[] | undefined;
  /** Names of the classes, where the option `labels` says none. */
  readonly labels?: Labels | undefined;
  /** How pixels become the input, where neither call nor model say it. */
  readonly preprocess?: PreprocessOptions | undefined;
  /** Least score, where the call says none. */
  readonly score?: number | undefined;
  /** Most overlap, where the call says none. */
  readonly iou?: number | undefined;
}

export const DETECT_SPEC = optionNames<DetectSpec>({
  kind: true, head: true, strides: true, anchors: true, labels: true, preprocess: true, score: true, iou: true,
});

/** @throws ArgumentError for values that have no meaning */
export function checkDetectSpec({ head, strides, anchors, score, iou }: DetectSpec, place: string): void {
  if (head !== undefined && !HEAD_NAMES.includes(head)) wrong(`${place}.head`, HEAD_NAMES.join(', '), showValue(head));
  if (strides !== undefined) everyOne(`${place}.strides`, strides, isPositive, 'a list of numbers above 0');
  if (anchors !== undefined) everyOne(`${place}.anchors`, anchors, isAnchors, 'for each map a list of [width, height]');
  if (score !== undefined) checkShare(`${place}.score`, score);
  if (iou !== undefined) checkShare(`${place}.iou`, iou);
}

const isPositive = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value > 0;
const isAnchor = (value: unknown): boolean => Array.isArray(value) && value.length === 2 && value.every(isPositive);
const isAnchors = (value: unknown): boolean => Array.isArray(value) && value.length > 0 && value.every(isAnchor);

function everyOne(place: string, values: unknown, fits: (value: unknown) => boolean, expected: string): void {
  if (Array.isArray(values) && values.length > 0 && values.every(fits)) return;
  wrong(place, expected, showValue(values));
}

/** @throws ArgumentError for what is no number from 0 to 1 */
export function checkShare(place: string, value: unknown): number {
  return typeof value === 'number' && value >= 0 && value <= 1 ? value : wrong(place, 'a number from 0 to 1', showValue(value));
}
