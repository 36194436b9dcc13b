import { wrong } from '../../base/wrong.js';
import type { PhotoModel, TakenIn, Told } from '../look.js';
import { chooseHead } from './choose-head.js';
import { NO_CLASS } from './class-of.js';
import { chosen } from './head.js';
import type { HeadQuestion, RawBoxes } from './head.js';
import { rectangle, toPhoto } from './on-photo.js';
import type { DetectSpec, HeadName } from './spec.js';
import { masksFromPrototypes } from '../segment/instances.js';
import type { InstanceMask } from '../segment/mask.js';
import type { Tile } from './tiles.js';

/** Candidates that are looked at, at most. */
export const MOST_CANDIDATES = 30_000;

/** Boxes before suppression, in pixels of the photo. */
export interface View extends RawBoxes {
  readonly head: HeadName;
  /** Whether the graph itself has suppressed what overlaps. */
  readonly suppressed: boolean;
  /** The part of the photo that was looked at. */
  readonly part: Tile;
  /** Masks of boxes on the part, where the model gives them. */
  readonly masks: ((found: RawBoxes) => InstanceMask[]) | undefined;
}

/** What a model said of a part of a photo, and how that is read. */
export interface ViewQuestion {
  readonly told: Told;
  readonly part: Tile;
  readonly spec: DetectSpec;
  readonly labels: readonly string[] | undefined;
  readonly wanted: ReadonlySet<number> | undefined;
  readonly score: number;
}

/** @throws UnsupportedError where no head fits; ArgumentError for labels of another number than classes, or a class that is not there */
export function readView(model: PhotoModel, { input }: TakenIn, { told, part, spec, labels, wanted, score }: ViewQuestion): View {
  const { outputs: tensors, place } = told;
  const question = questionOf(model, told, { spec, labels: labels?.length, size: input.size });
  const { head, fit } = chooseHead(question);
  if (fit.classes !== undefined) checkClasses(fit.classes, labels, wanted);
  const raw = fit.read({ instance: model.instance, tensors, score, most: MOST_CANDIDATES });
  const placed = { ...raw, boxes: toPhoto(raw.boxes, { place, full: part, left: part.left, top: part.top }) };
  const fits = (i: number): boolean => (wanted?.has(raw.classes[i]!) ?? true) && raw.classes[i] !== NO_CLASS && isVisible(placed.boxes, i, part);
  const visible = chosen(placed, Array.from(raw.scores.keys()).filter(fits));
  const highest = visible.classes.reduce((a, b) => Math.max(a, b), -1);
  if (labels && highest >= labels.length) {
    const hint = head.name === 'torchvision' && !spec.background ? { hint: "begin with '__background__' where that is class 0, or load with task: { kind: 'detect', background: true }" } : {};
    wrong('labels', `as many names as classes, at least ${highest + 1}`, String(labels.length), hint);
  }
  const { size } = question;
  const masks = fit.masks && ((found: RawBoxes): InstanceMask[] => {
    const { prototypes, coefficients } = fit.masks!(tensors, found.from ?? new Uint32Array());
    const boxes = Array.from(found.scores, (_, i) => rectangle(found.boxes, i, part));
    return masksFromPrototypes(prototypes, coefficients, boxes, { place, full: part, input: size });
  });
  return { ...visible, head: head.name, suppressed: fit.suppressed === true, part, masks };
}

/** What heads are asked about the outputs of a run. */
export function questionOf(
  { session }: Pick<PhotoModel, 'session'>, { outputs, place }: Pick<Told, 'outputs' | 'place'>, { spec, labels, size }: Pick<HeadQuestion, 'spec' | 'labels'> & { size: HeadQuestion['size'] | undefined },
): HeadQuestion {
  const { height, width } = place.frame ?? place.window;
  const ports = session.outputs.map(({ name, dtype }) => ({ name, shape: outputs[name]?.shape ?? [], dtype: outputs[name]?.dtype ?? dtype }));
  return { outputs: ports, size: size ?? [height, width], spec, labels };
}

function checkClasses(classes: number, labels: readonly string[] | undefined, wanted: ReadonlySet<number> | undefined): void {
  if (labels && labels.length !== classes) wrong('labels', `as many names as classes, ${classes}`, String(labels.length));
  const missing = [...(wanted ?? [])].find((index) => index >= classes);
  if (missing !== undefined) wrong('classes', `indexes of classes, 0 to ${classes - 1}`, String(missing));
}

/** Whether a box has a size, and some of it lies on the part of the photo. Numbers that are none, or infinite, make no box. */
function isVisible(boxes: Float32Array, i: number, part: Tile): boolean {
  const [left = 0, top = 0, right = 0, bottom = 0] = boxes.subarray(4 * i, 4 * i + 4);
  const finite = [left, top, right, bottom].every(Number.isFinite);
  return finite && right > left && bottom > top && right > part.left && bottom > part.top && left < part.left + part.width && top < part.top + part.height;
}
