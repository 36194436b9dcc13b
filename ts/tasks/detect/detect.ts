import { showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import type { ImageInput } from '../../image/types.js';
import { labelNames } from '../labels.js';
import type { Labels } from '../labels.js';
import { look } from '../look.js';
import type { Asking, PhotoModel, PhotoOptions, PhotoTimes, Seen } from '../look.js';
import { expectTask } from '../task.js';
import { suppress } from '../boxes/suppress.js';
import type { InstanceMask } from '../segment/mask.js';
import { chooseHead } from './choose-head.js';
import type { RawBoxes } from './head.js';
import { instanceMasks } from './instance-masks.js';
import { onPhoto } from './on-photo.js';
import { checkShare } from './spec.js';
import type { DetectSpec, HeadName } from './spec.js';

/** How boxes are found. */
export interface DetectOptions extends PhotoOptions {
  /** Least score of a box, 0 to 1. Default: the model's own, else 0.25. */
  readonly score?: number | undefined;
  /** Of two boxes that overlap more, as intersection over union, the one of lower score is dropped. Default: the model's own, else 0.45. */
  readonly iou?: number | undefined;
  /** Most boxes, those of highest score. Default 300. */
  readonly max?: number | undefined;
  /** Names or indexes of the classes that are wanted. Default: all. */
  readonly classes?: readonly (string | number)[] | undefined;
  /** Names of the classes, as many as there are. Default: those of the model. */
  readonly labels?: Labels | undefined;
  /** Whether a box drops those of other classes too. Default false. */
  readonly agnostic?: boolean | undefined;
}

/** Something that was found, in pixels of the photo as it is shown. */
export interface DetectedBox {
  /** From the left edge of the photo. */
  readonly left: number;
  /** From its upper edge. */
  readonly top: number;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** 0 to 1. */
  readonly score: number;
  /** Absent where the model has no labels and none were given. */
  readonly label: string | undefined;
  /** Of the class, from 0. */
  readonly index: number;
  /** Which pixels it has, of a detector that says so. */
  readonly mask?: InstanceMask | undefined;
}

/** What `detect` answers. */
export interface Detections {
  /** Highest score first. */
  readonly boxes: readonly DetectedBox[];
  /** The form in which the model's outputs were read. */
  readonly head: HeadName;
  /** Where the time went. */
  readonly ms: PhotoTimes;
}

/** How pixels become the input where neither call nor model say it. */
export const USUAL = 'letterbox';

/** Candidates that are looked at, at most. */
const MOST = 30_000;

/**
 * What is where on an image.
 * @throws ImageError for what is no image; UnsupportedError for a model of another task, with other inputs than one image, or whose
 *   outputs are of no known form; ArgumentError for options without meaning; AbortedError when interrupted
 */
export async function detect(model: PhotoModel, image: ImageInput, options: DetectOptions = {}, asking: Asking = {}): Promise<Detections> {
  expectTask('detect', model.task);
  const spec: DetectSpec = model.task?.kind === 'detect' ? model.task : { kind: 'detect' };
  const score = checkShare('score', options.score ?? spec.score ?? 0.25);
  const iou = checkShare('iou', options.iou ?? spec.iou ?? 0.45);
  const max = options.max ?? 300;
  if (!Number.isInteger(max) || max < 1) wrong('max', 'a whole number from 1 on', showValue(max));
  const labels = options.labels === undefined ? model.labels : labelNames(options.labels);
  const wanted = wantedClasses(options.classes, labels);
  const seen = await look('detect', model, image, options, USUAL, asking);
  const { head, raw } = readBoxes(model, seen, spec, score, labels);
  const chosen = wanted ? only(raw, wanted) : raw;
  const { kept, scores } = suppressed(model, chosen, { iou, max, agnostic: options.agnostic === true });
  const rectangles = onPhoto(chosen.boxes, kept, seen);
  const masks = instanceMasks(chosen, kept, rectangles, seen);
  const boxes = rectangles.map((box, i): DetectedBox => {
    const index = chosen.classes[kept[i]!]!;
    return { ...box, score: scores[i]!, label: labels?.[index], index, ...(masks && { mask: masks[i] }) };
  });
  return { boxes, head, ms: seen.times() };
}

function readBoxes(model: PhotoModel, { outputs: tensors, input, place }: Seen, spec: DetectSpec, score: number, labels: readonly string[] | undefined) {
  const outputs = model.session.outputs.map(({ name }) => ({ name, shape: tensors[name]?.shape ?? [] }));
  const { height, width } = place.frame ?? place.window;
  const question = { outputs, size: input.size ?? ([height, width] as const), spec, labels: labels?.length };
  const head = chooseHead(question);
  return { head: head.name, raw: head.read({ ...question, instance: model.instance, tensors, score, most: MOST }) };
}

/** @throws ArgumentError for a class that is not there */
function wantedClasses(classes: readonly (string | number)[] | undefined, labels: readonly string[] | undefined): ReadonlySet<number> | undefined {
  if (classes === undefined) return undefined;
  if (!Array.isArray(classes)) wrong('classes', 'a list of names or indexes', showValue(classes));
  return new Set(classes.map((wanted: unknown) => {
    const index = typeof wanted === 'string' ? (labels?.indexOf(wanted) ?? -1) : wanted;
    if (Number.isInteger(index) && (index as number) >= 0 && (index as number) < (labels?.length ?? Infinity)) return index as number;
    return wrong('classes', labels ? 'names or indexes of classes of the model' : 'indexes of classes', showValue(wanted));
  }));
}

function only({ boxes, scores, classes, suppressed: done, masks }: RawBoxes, wanted: ReadonlySet<number>): RawBoxes {
  const places = Array.from(classes.keys()).filter((i) => wanted.has(classes[i]!));
  return {
    boxes: rowsAt(boxes, places, 4),
    scores: Float32Array.from(places, (i) => scores[i]!),
    classes: Uint32Array.from(places, (i) => classes[i]!),
    suppressed: done,
    masks: masks && { ...masks, coefficients: rowsAt(masks.coefficients, places, masks.prototypes.count) },
  };
}

/** Rows of so many numbers each. */
function rowsAt(rows: Float32Array, places: readonly number[], length: number): Float32Array {
  const out = new Float32Array(places.length * length);
  places.forEach((from, to) => out.set(rows.subarray(from * length, (from + 1) * length), to * length));
  return out;
}

/** What is left of boxes that overlap, highest score first; where the graph has seen to that, all that are wanted. */
function suppressed({ instance }: PhotoModel, raw: RawBoxes, { iou, max, agnostic }: { iou: number; max: number; agnostic: boolean }) {
  return suppress(instance, raw.boxes, raw.scores, agnostic ? undefined : raw.classes, { iou: raw.suppressed ? 1 : iou, max });
}
