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

/** numpy's `linspace(0, 1, 101)`: recalls at which the precision is read off. */
const RECALLS: readonly number[] = Array.from({ length: 101 }, (_, i) => (i === 100 ? 1 : i * 0.01));

/** The detections of a class, of all images. */
interface Ranked {
  /** By falling score; of equal ones by image, then by rank. */
  readonly order: readonly { readonly image: Matched; readonly rank: number }[];
}

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
  const all = images.flatMap((image) => Array.from(image.scores.keys(), (at) => ({ image, rank: at })));
  return { order: all.sort((a, b) => b.image.scores[b.rank]! - a.image.scores[a.rank]!) };
}

const wantedIn = (images: readonly Matched[], area: number): number => images.reduce((sum, { wanted }) => sum + wanted[area]!, 0);

/** By threshold the mean precision over the recalls; undefined where nothing was to be found. */
function precision(images: readonly Matched[], { order }: Ranked, area: number): number[] | undefined {
  const wanted = wantedIn(images, area);
  if (wanted === 0) return undefined;
  const answers = Uint32Array.from(order, ({ image, rank: at }) => image.answers[area]![at]!);
  return THRESHOLDS.map((_, t) => {
    const [recalls, precisions] = [new Float64Array(answers.length), new Float64Array(answers.length)];
    let [right, wrong] = [0, 0];
    for (let i = 0; i < answers.length; i++) {
      right += (answers[i]! >>> t) & 1;
      wrong += (answers[i]! >>> (t + WRONG)) & 1;
      recalls[i] = right / wanted;
      // The guard of the reference: it makes the first precision a little less than 1.
      precisions[i] = right / (wrong + right + Number.EPSILON);
    }
    return readOff(recalls, precisions);
  });
}

/** The mean of the highest precision that is reached at each recall or a higher one: 0 beyond the last. */
function readOff(recalls: Float64Array, precisions: Float64Array): number {
  for (let i = precisions.length - 1; i > 0; i--) precisions[i - 1] = Math.max(precisions[i - 1]!, precisions[i]!);
  let [sum, at] = [0, 0];
  for (const wanted of RECALLS) {
    while (at < recalls.length && recalls[at]! < wanted) at++;
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
    for (const answer of answers[area]!.subarray(0, most)) {
      for (let t = 0; t < found.length; t++) found[t]! += (answer >>> t) & 1;
    }
  }
  return mean(Array.from(found, (count) => count / wanted));
}
