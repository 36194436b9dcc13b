import { UnsupportedError } from '../../base/errors.js';
import { showShape } from '../../base/show.js';
import type { ImageInput } from '../../image/types.js';
import { labelNames } from '../labels.js';
import type { Labels } from '../labels.js';
import { look } from '../look.js';
import type { Asking, PhotoModel, PhotoOptions, PhotoTimes, Seen } from '../look.js';
import { expectTask } from '../task.js';
import { checkShare } from '../detect/spec.js';

/** How a photo is segmented. */
export interface SegmentOptions extends PhotoOptions {
  /** For a model of one map: from which probability on a pixel is of class 1. Default 0.5. */
  readonly threshold?: number | undefined;
  /** Names of the classes, as many as there are. Default: those of the model. */
  readonly labels?: Labels | undefined;
  /** Whether the answer has the scores of every class and pixel too. Default false. */
  readonly scores?: boolean | undefined;
}

/** The class of each pixel of a photo, rows from the top. */
export interface Mask {
  /** width * height indexes of classes. */
  readonly data: Uint8Array | Uint16Array;
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** A class that is on the photo. */
export interface SegmentClass {
  /** From 0. */
  readonly index: number;
  /** Absent where the model has no labels and none were given. */
  readonly label: string | undefined;
  /** Of the pixels of the photo, 0 to 1. */
  readonly share: number;
}

/** What `segment` answers. */
export interface Segmentation {
  /** As large as the photo. */
  readonly mask: Mask;
  /** Those that have a pixel, the largest first. */
  readonly classes: readonly SegmentClass[];
  /** On demand: [classes, height, width] of the photo, for a model of one map the probability of class 1. */
  readonly scores: Float32Array | undefined;
  /** Where the time went. */
  readonly ms: PhotoTimes;
}

/** How pixels become the input where neither call nor model say it. */
export const USUAL = 'unit';

/**
 * The class of each pixel of a photo.
 * @throws ImageError for what is no image; UnsupportedError for a model of another task, with other inputs than one image, or whose
 *   output is no map of scores; ArgumentError for options without meaning; AbortedError when interrupted
 */
export async function segment(model: PhotoModel, image: ImageInput, options: SegmentOptions = {}, asking: Asking = {}): Promise<Segmentation> {
  expectTask('segment', model.task);
  const threshold = checkShare('threshold', options.threshold ?? 0.5);
  const labels = options.labels === undefined ? model.labels : labelNames(options.labels);
  const seen = await look('segment', model, image, options, USUAL, asking);
  const maps = mapsOf(model, seen);
  const scores = onPhoto(maps, seen);
  const { width, height } = seen.full;
  const mask = { data: classOfEach(scores, maps.classes, width * height, threshold), width, height };
  return { mask, classes: shares(mask, labels), scores: options.scores ? scores : undefined, ms: seen.times() };
}

interface Maps {
  readonly data: Float32Array;
  readonly classes: number;
  readonly height: number;
  readonly width: number;
  /** Elements from a class, a row and a pixel to the next. */
  readonly steps: readonly [number, number, number];
}

/** The first output as maps of scores. */
function mapsOf({ session, labels }: PhotoModel, { outputs, input }: Seen): Maps {
  const name = session.outputs[0]?.name ?? '';
  const { data, shape = [] } = outputs[name] ?? {};
  const [n = 0, a = 0, b = 0, c = 0] = shape;
  if (!(data instanceof Float32Array) || shape.length !== 4 || n !== 1) {
    const [expected, got] = ['one map of scores a class, float32 [1, classes, H, W]', `${name} ${showShape(shape)}`];
    throw new UnsupportedError(`segment: expected ${expected}, got ${got}; use run()`, { place: 'segment', expected, got, hint: 'use run()' });
  }
  const last = input.layout === 'nhwc' && c <= Math.max(b, labels?.length ?? 0);
  if (last) return { data, classes: c, height: a, width: b, steps: [1, b * c, c] };
  return { data, classes: a, height: b, width: c, steps: [b * c, c, 1] };
}

/** Every map resized to the photo, between the centres of its pixels. */
function onPhoto({ data, classes, height, width, steps: [plane, row, pixel] }: Maps, { place, full, input }: Seen): Float32Array {
  const { resized, window, frame } = place;
  const [rows, columns] = input.size ?? [(frame ?? window).height, (frame ?? window).width];
  const across = axis(full.width, resized[1], window.left - (frame?.left ?? 0), columns, width);
  const down = axis(full.height, resized[0], window.top - (frame?.top ?? 0), rows, height);
  const out = new Float32Array(classes * full.width * full.height);
  let to = 0;
  for (let c = 0; c < classes; c++) {
    for (const [y0, y1, v] of down) {
      const [above, below] = [c * plane + y0 * row, c * plane + y1 * row];
      for (const [x0, x1, u] of across) {
        const upper = data[above + x0 * pixel]! * (1 - u) + data[above + x1 * pixel]! * u;
        const lower = data[below + x0 * pixel]! * (1 - u) + data[below + x1 * pixel]! * u;
        out[to++] = upper * (1 - v) + lower * v;
      }
    }
  }
  return out;
}

/** For each pixel of the photo along one axis the two of the map that it lies between, and how far it is from the first. */
function axis(full: number, resized: number, offset: number, input: number, map: number): (readonly [number, number, number])[] {
  return Array.from({ length: full }, (_, i) => {
    const at = ((((i + 0.5) * resized) / full - offset) * map) / input - 0.5;
    const clamped = Math.min(map - 1, Math.max(0, at));
    const first = Math.floor(clamped);
    return [first, Math.min(map - 1, first + 1), clamped - first];
  });
}

function classOfEach(scores: Float32Array, classes: number, pixels: number, threshold: number): Uint8Array | Uint16Array {
  const mask = classes > 256 ? new Uint16Array(pixels) : new Uint8Array(pixels);
  if (classes === 1) return mask.map((_, i) => Number(scores[i]! >= threshold));
  return mask.map((_, i) => {
    let best = 0;
    for (let c = 1; c < classes; c++) if (scores[c * pixels + i]! > scores[best * pixels + i]!) best = c;
    return best;
  });
}

function shares({ data }: Mask, labels: readonly string[] | undefined): SegmentClass[] {
  const counts = new Map<number, number>();
  for (const index of data) counts.set(index, (counts.get(index) ?? 0) + 1);
  const classes = Array.from(counts, ([index, count]) => ({ index, label: labels?.[index], share: count / data.length }));
  return classes.sort((a, b) => b.share - a.share || a.index - b.index);
}
