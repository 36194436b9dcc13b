// Precision and recall out of what was matched, image after image: COCO's averages.
import { AREAS, THRESHOLDS, WRONG } from './coco-match.js';
import type { Matched } from './coco-match.js';

/** Average precision and recall, 0 to 1; undefined where nothing was to be found. */
export interface CocoScores {
  /** Average precision: the mean over thresholds of overlap from 0.5 to 0.95, and over classes. Known as mAP, or mAP50-95. */
  readonly ap: number | undefined;
  /** At an overlap of 0.5: mAP50. */
  readonly ap50: number | undefined;
  /** At an overlap of 0.75. */
  readonly ap75: number | undefined;
  /** Of objects of at most 32 x 32 pixels. */
  readonly apSmall: number | undefined;
  /** Of objects of 32 x 32 to 96 x 96 pixels. */
  readonly apMedium: number | undefined;
  /** Of objects of at least 96 x 96 pixels. */
  readonly apLarge: number | undefined;
  /** Average recall with at most 1, 10 and 100 detections an image and class, or as the option `maxDetections` says. */
  readonly ar: readonly [number | undefined, number | undefined, number | undefined];
  /** Average recall of small objects. */
  readonly arSmall: number | undefined;
  /** Of medium objects. */
  readonly arMedium: number | undefined;
  /** Of large objects. */
  readonly arLarge: number | undefined;
}

/** How many detections of an image and class count, at most: rising. */
export type MaxDetections = readonly [number, number, number];

/** Right at any threshold. */
const RIGHT = (1 << WRONG) - 1;

/** numpy's `linspace(0, 1, 101)`: recalls at which the precision is read off. */
const RECALLS: readonly number[] = Array.from({ length: 101 }, (_, i) => (i === 100 ? 1 : i * 0.01));

/** The detections of a class, of all images, by falling score; of equal ones by image, then by rank. By range of area what they are. */
type Ranked = readonly Uint32Array[];

/** @param images - of one class, in the order of the images */
export function scoresOf(images: readonly Matched[], [one, some, most]: MaxDetections): CocoScores {
  const ranked = rank(images);
  const precisions = AREAS.map((_, area) => precision(images, ranked, area));
  const recallOf = (area: number, count: number): number | undefined => recall(images, area, count);
  const of = (area: number, thresholds?: readonly number[]): number | undefined => {
    const values = precisions[area];
    return values && mean((thresholds ?? [...THRESHOLDS.keys()]).map((t) => values[t]!));
  };
  return {
    ap: of(0), ap50: of(0, [0]), ap75: of(0, [5]), apSmall: of(1), apMedium: of(2), apLarge: of(3),
    ar: [recallOf(0, one), recallOf(0, some), recallOf(0, most)],
    arSmall: recallOf(1, most), arMedium: recallOf(2, most), arLarge: recallOf(3, most),
  };
}

/** The means over classes; a class without objects of a kind does not count there. */
export function meanScores(classes: readonly CocoScores[]): CocoScores {
  const over = (read: (scores: CocoScores) => number | undefined): number | undefined => mean(classes.map(read));
  return {
    ap: over(({ ap }) => ap), ap50: over(({ ap50 }) => ap50), ap75: over(({ ap75 }) => ap75),
    apSmall: over(({ apSmall }) => apSmall), apMedium: over(({ apMedium }) => apMedium), apLarge: over(({ apLarge }) => apLarge),
    ar: [over(({ ar }) => ar[0]), over(({ ar }) => ar[1]), over(({ ar }) => ar[2])],
    arSmall: over(({ arSmall }) => arSmall), arMedium: over(({ arMedium }) => arMedium), arLarge: over(({ arLarge }) => arLarge),
  };
}

/** The mean of what is defined. */
export function mean(values: readonly (number | undefined)[]): number | undefined {
  const defined = values.filter((value) => value !== undefined);
  return defined.length === 0 ? undefined : defined.reduce((sum, value) => sum + value, 0) / defined.length;
}

function rank(images: readonly Matched[]): Ranked {
  const length = images.reduce((sum, { scores }) => sum + scores.length, 0);
  const scores = new Float64Array(length);
  const answers = AREAS.map(() => new Uint32Array(length));
  let at = 0;
  for (const image of images) {
    scores.set(image.scores, at);
    answers.forEach((all, area) => all.set(image.answers[area]!, at));
    at += image.scores.length;
  }
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]! || a - b);
  return answers.map((all) => order.map((i) => all[i]!));
}

const wantedIn = (images: readonly Matched[], area: number): number => images.reduce((sum, { wanted }) => sum + wanted[area]!, 0);

/** By threshold the mean precision over the recalls; undefined where nothing was to be found. */
function precision(images: readonly Matched[], ranked: Ranked, area: number): number[] | undefined {
  const wanted = wantedIn(images, area);
  if (wanted === 0) return undefined;
  const answers = ranked[area]!;
  return THRESHOLDS.map((_, t) => {
    const precisions: number[] = [];
    let wrong = 0;
    for (const answer of answers) {
      wrong += (answer >>> (t + WRONG)) & 1;
      // The guard of the reference: it makes the first precision a little less than 1.
      if ((answer >>> t) & 1) precisions.push((precisions.length + 1) / (wrong + precisions.length + 1 + Number.EPSILON));
    }
    return readOff(precisions, wanted);
  });
}

/**
 * The mean of the highest precision that is reached at each recall or a higher one: 0 beyond the last.
 * @param precisions - at each right answer: between them the precision falls, and the recall stays
 */
function readOff(precisions: number[], wanted: number): number {
  for (let i = precisions.length - 1; i > 0; i--) precisions[i - 1] = Math.max(precisions[i - 1]!, precisions[i]!);
  let [sum, at] = [0, 0];
  for (const recall of RECALLS) {
    while (at < precisions.length && (at + 1) / wanted < recall) at++;
    sum += precisions[at] ?? 0;
  }
  return sum / RECALLS.length;
}

/** The mean over thresholds of the part that is found by the first `most` detections of each image. */
function recall(images: readonly Matched[], area: number, most: number): number | undefined {
  const wanted = wantedIn(images, area);
  if (wanted === 0) return undefined;
  const found = new Float64Array(THRESHOLDS.length);
  for (const { answers } of images) {
    const list = answers[area]!;
    for (let i = Math.min(list.length, most) - 1; i >= 0; i--) {
      if ((list[i]! & RIGHT) !== 0) for (let t = 0; t < found.length; t++) found[t]! += (list[i]! >>> t) & 1;
    }
  }
  return mean(Array.from(found, (count) => count / wanted));
}
