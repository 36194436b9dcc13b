import { scanScores } from '../../boxes/scan.js';
import { floatsOf, sigmoid } from '../floats.js';
import { rawBoxes } from '../head.js';
import type { Fit, HeadQuestion, HeadReading, RawBoxes } from '../head.js';
import { joined } from '../joined.js';
import { softmaxed } from '../softmaxed.js';

type Anchors = readonly (readonly [width: number, height: number])[];

/** A map of anchors. Strides are in elements. */
export interface AnchorMap {
  readonly name: string;
  readonly stride: number;
  readonly rows: number;
  readonly columns: number;
  /** Anchors of a cell, where the shape says it. */
  readonly anchors: number | undefined;
  /** All numbers of a cell. */
  readonly numbers: number;
  readonly cellStride: number;
  /** From one number of an anchor to the next. */
  readonly numberStride: number;
  /** From an anchor of a cell to the next, where that is not as many numbers as an anchor has. */
  readonly anchorStride?: number;
}

type Sizes = readonly [rows: number, columns: number];

/** The stride of a map, of which the input has to be the multiple. */
function strideOf([rows, columns]: Sizes, [height, width]: HeadQuestion['size']): number | undefined {
  const stride = Math.round(height / rows);
  return Math.ceil(height / stride) === rows && Math.ceil(width / stride) === columns ? stride : undefined;
}

type Read = (name: string, shape: readonly number[]) => Omit<AnchorMap, 'stride'> | undefined;

function mapsBy(read: Read, { outputs, size, spec }: HeadQuestion, expected: string): readonly AnchorMap[] | string {
  const maps: AnchorMap[] = [];
  for (const { name, shape } of outputs) {
    const map = shape[0] === 1 ? read(name, shape) : undefined;
    const stride = map && strideOf([map.rows, map.columns], size);
    if (!map || stride === undefined) return `needs maps ${expected}`;
    maps.push({ ...map, stride });
  }
  const strides = spec.strides ?? maps.map(({ stride }) => stride).sort((a, b) => a - b);
  const ordered = strides.flatMap((stride) => maps.filter((map) => map.stride === stride));
  return ordered.length === maps.length && new Set(strides).size === maps.length ? ordered : `needs one map for each of the strides ${strides.join(', ')}`;
}

/** Outputs [1, A * (5 + C), h, w] or [1, h, w, A * (5 + C)], in the order of their strides; or why they are none. */
export function flatMaps(question: HeadQuestion): readonly AnchorMap[] | string {
  const read: Read = (name, { length, 1: a = 0, 2: b = 0, 3: c = 0 }) => {
    if (length !== 4) return undefined;
    // More rows than channels are no usual map, but the input tells.
    const last = strideOf([a, b], question.size) !== undefined && strideOf([b, c], question.size) === undefined;
    if (last) return { name, rows: a, columns: b, anchors: undefined, numbers: c, cellStride: c, numberStride: 1 };
    return { name, rows: b, columns: c, anchors: undefined, numbers: a, cellStride: 1, numberStride: b * c };
  };
  return mapsBy(read, question, '[1, A * (5 + C), h, w]');
}

/** Outputs [1, A, h, w, 5 + C], or [1, h, w, A, 5 + C] where anchors are `anchors last`. */
export function stackedMaps(question: HeadQuestion, order: 'anchors first' | 'anchors last'): readonly AnchorMap[] | string {
  const first = order === 'anchors first';
  const read: Read = (name, { length, 1: a = 0, 2: b = 0, 3: c = 0, 4: numbers = 0 }) => {
    if (length !== 5) return undefined;
    const [anchors, rows, columns] = first ? [a, b, c] : [c, a, b];
    const cellStride = first ? numbers : anchors * numbers;
    return { name, rows, columns, anchors, numbers: anchors * numbers, cellStride, numberStride: 1, anchorStride: first ? rows * columns * numbers : numbers };
  };
  return mapsBy(read, question, first ? '[1, A, h, w, 5 + C]' : '[1, h, w, A, 5 + C]');
}

/** Those of the published networks for COCO, in pixels of an input of 416 (tiny, full), and of YOLOv5 at 640. */
const TINY: readonly Anchors[] = [[[10, 14], [23, 27], [37, 58]], [[81, 82], [135, 169], [344, 319]]];
const FULL: readonly Anchors[] = [[[10, 13], [16, 30], [33, 23]], [[30, 61], [62, 45], [59, 119]], [[116, 90], [156, 198], [373, 326]]];
const USUAL: Readonly<Record<'yolov2' | 'yolov3' | 'yolov5', readonly (readonly Anchors[])[]>> = { yolov2: [], yolov3: [TINY, FULL], yolov5: [FULL] };

/** The anchors of each map, or why there are none. */
export function anchorsFor(name: keyof typeof USUAL, maps: readonly AnchorMap[], { spec }: HeadQuestion): readonly Anchors[] | string {
  const anchors = spec.anchors ?? USUAL[name].find(({ length }) => length === maps.length);
  if (anchors?.length !== maps.length) return `needs the option anchors, a list for each of ${maps.length} maps`;
  const [{ numbers = 0 } = {}] = maps;
  const each = numbers / (anchors[0]?.length ?? 1);
  const fits = maps.every((map, i) => map.numbers === each * anchors[i]!.length && (map.anchors ?? anchors[i]!.length) === anchors[i]!.length);
  if (fits && Number.isInteger(each) && each >= 6) return anchors;
  return `needs 4 numbers, an objectness and at least one score for each of ${anchors[0]?.length} anchors, got ${numbers} numbers`;
}

/** How the numbers of an anchor become a box. */
export interface AnchorForm {
  /** Cells from the corner of the cell to the centre of the box, by the sigmoid of a number. */
  readonly centre: (value: number) => number;
  /** Anchors to the size of the box, by a number. */
  readonly size: (value: number) => number;
  /** Whether the scores are of classes that exclude each other. */
  readonly softmax?: boolean;
}

/** Reads maps of anchors: of each anchor the class of the highest score. */
export function mapsFit(maps: readonly AnchorMap[], anchors: readonly Anchors[], { spec }: HeadQuestion, form: AnchorForm): Fit {
  const classes = maps[0]!.numbers / anchors[0]!.length - 5;
  const raw = spec.scores !== 'none';
  const softmax = raw && form.softmax === true && spec.scores !== 'sigmoid';
  return {
    classes,
    read: (reading) => joined(maps.flatMap((map, i) => anchors[i]!.map((anchor, a) => readAnchor(map, { a, anchor, classes, raw, softmax }, reading, form)))),
  };
}

interface OneAnchor {
  readonly a: number;
  readonly anchor: readonly [width: number, height: number];
  readonly classes: number;
  readonly raw: boolean;
  readonly softmax: boolean;
}

function readAnchor(map: AnchorMap, { a, anchor, classes, raw, softmax }: OneAnchor, { instance, tensors, score, most }: HeadReading, form: AnchorForm): RawBoxes {
  const { name, stride, rows, columns, cellStride, numberStride } = map;
  const values = floatsOf(tensors, name);
  const offset = a * (map.anchorStride ?? (5 + classes) * numberStride);
  const scores = { candidates: rows * columns, classes, candidateStride: cellStride, classStride: numberStride, offset: offset + 5 * numberStride };
  const objectness = { offset: offset + 4 * numberStride, stride: cellStride };
  const found = softmax
    ? scanScores(instance, softmaxed(values, scores, objectness), { candidates: rows * columns, classes, candidateStride: classes, classStride: 1, sigmoid: false, threshold: score, most })
    : scanScores(instance, values, { ...scores, objectness, sigmoid: raw, threshold: score, most });
  return rawBoxes(found, (cell) => {
    const number = (k: number): number => values[offset + cell * cellStride + k * numberStride]!;
    const centre = (k: number): number => form.centre(raw ? sigmoid(number(k)) : number(k));
    const [x, y] = [((cell % columns) + centre(0)) * stride, (Math.floor(cell / columns) + centre(1)) * stride];
    const [width, height] = [form.size(number(2)) * anchor[0], form.size(number(3)) * anchor[1]];
    return [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
  });
}
