import { optionNames } from '../../base/options.js';
import { showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import type { PreprocessOptions } from '../../image/types.js';
import type { Labels } from '../labels.js';
import { checkScores } from '../scores.js';
import type { Scores } from '../scores.js';
import { BOX_FORMS } from './box-form.js';
import type { BoxForm } from './box-form.js';

/**
 * A form in which detectors say what is where, by the name of the network that made it known: YOLOv2 (arXiv 1612.08242), YOLOv3 (1804.02767),
 * YOLOv10 (2405.14458), YOLOX (2107.08430), SSD (1512.02325), BlazeFace (1907.05047), CenterNet (1904.07850), CenterFace (1911.03599).
 */
export type HeadName =
  | 'yolov2' | 'yolov3' | 'yolov5' | 'yolov8' | 'yolov10' | 'yolox' | 'ssd' | 'blazeface' | 'centernet' | 'centerface' | 'torchvision' | 'nms' | 'nanodet';

/** All of them. */
export const HEAD_NAMES: readonly HeadName[] = [
  'yolov2', 'yolov3', 'yolov5', 'yolov8', 'yolov10', 'yolox', 'ssd', 'blazeface', 'centernet', 'centerface', 'torchvision', 'nms', 'nanodet',
];

/** How the outputs of a detector are read. What is not said is found by the shapes of the outputs. */
export interface DetectSpec {
  /** Boxes. */
  readonly kind: 'detect';
  /** In which form the outputs are. */
  readonly head?: HeadName | undefined;
  /** Pixels of the input from one cell of a map to the next, for each map. Default: found by the sizes of the maps, smallest first. */
  readonly strides?: readonly number[] | undefined;
  /** Widths and heights of the anchors of each map, in pixels of the input; maps in the order of `strides`. */
  readonly anchors?: readonly (readonly (readonly [width: number, height: number])[])[] | undefined;
  /** Of `ssd`: where in its cell an anchor's middle is, 0 at the cell's top left, 0.5 in its middle. Default 0.5. */
  readonly anchorPlace?: number | undefined;
  /** Of prior boxes (`ssd`): what places and sizes were divided by in training. Default [0.1, 0.2]. */
  readonly variances?: readonly [centre: number, size: number] | undefined;
  /** Of boxes that the graph has decoded: what their four numbers are. Default: as the head's network has it. */
  readonly boxes?: BoxForm | undefined;
  /** Whether the four numbers are shares of the input, 0 to 1, not pixels. Default: told by the largest of them. */
  readonly normalized?: boolean | undefined;
  /** Of `yolox`: whether the graph has added the grid and multiplied by the strides. Default: told by where the boxes lie. */
  readonly decoded?: boolean | undefined;
  /** What the scores are: `none` where they are probabilities. Default: as the head's network has it, or told by their range. */
  readonly scores?: Scores | undefined;
  /**
   * Of `ssd` and `torchvision`: whether class 0 is the background, which is no box and is not counted: the first class beside it has the
   * index 0. Default true in `ssd`; false in `torchvision`, whose labels are indexes of lists that begin with `__background__`.
   */
  readonly background?: boolean | undefined;
  /** Of `ssd`: whether boxes are cut at the edges of the input before their overlaps are taken, as torchvision does. Default false. */
  readonly clip?: boolean | undefined;
  /** Numbers of each box behind its scores, which are not read: coefficients of masks, key points. Default 0. */
  readonly extra?: number | undefined;
  /** Of `yolov3`: how far a centre may move in its cell, where that is more than the cell; 1.05 in YOLOv4-tiny. Default 1. */
  readonly xyScale?: number | undefined;
  /** Names of the classes, where the option `labels` says none. */
  readonly labels?: Labels | undefined;
  /** How pixels become the input, where neither call nor model say it. */
  readonly preprocess?: PreprocessOptions | undefined;
  /** Least score, 0 to 1, where the call says none. */
  readonly score?: number | undefined;
  /** Most overlap, as intersection over union, 0 to 1, where the call says none. */
  readonly iou?: number | undefined;
}

export const DETECT_SPEC = optionNames<DetectSpec>({
  kind: true, head: true, strides: true, anchors: true, anchorPlace: true, variances: true, boxes: true, normalized: 'boolean', decoded: 'boolean', scores: true,
  background: 'boolean', clip: 'boolean', extra: true, xyScale: true, labels: true, preprocess: true, score: true, iou: true,
});

/** How pixels become the input where neither call nor model say it. */
export const USUAL = 'letterbox';

/** @throws ArgumentError for values that have no meaning */
export function checkDetectSpec(spec: DetectSpec, place: string): void {
  const { head, strides, anchors, anchorPlace, variances, boxes, scores, extra, xyScale, score, iou } = spec;
  if (head !== undefined && !HEAD_NAMES.includes(head)) wrong(`${place}.head`, HEAD_NAMES.join(', '), showValue(head));
  if (strides !== undefined) everyOne(`${place}.strides`, strides, isPositive, 'a list of numbers above 0');
  if (anchors !== undefined) everyOne(`${place}.anchors`, anchors, isAnchors, 'for each map a list of [width, height]');
  if (strides && anchors && strides.length !== anchors.length) wrong(`${place}.anchors`, `a list for each of ${strides.length} strides`, String(anchors.length));
  if (anchorPlace !== undefined) checkShare(`${place}.anchorPlace`, anchorPlace);
  if (variances !== undefined && !isAnchor(variances)) wrong(`${place}.variances`, 'two numbers above 0', showValue(variances));
  if (boxes !== undefined && !BOX_FORMS.includes(boxes)) wrong(`${place}.boxes`, BOX_FORMS.join(', '), showValue(boxes));
  if (extra !== undefined && !(Number.isInteger(extra) && extra >= 0)) wrong(`${place}.extra`, 'a whole number from 0 on', showValue(extra));
  if (xyScale !== undefined && !isPositive(xyScale)) wrong(`${place}.xyScale`, 'a number above 0', showValue(xyScale));
  checkScores(scores);
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
