import { expectList } from '../base/given.js';
import { checkOptions, optionNames } from '../base/options.js';
import { showList, showValue } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import { expectBox } from './box.js';
import type { Box } from './box.js';
import { match } from './coco-match.js';
import type { Found, Matched, Wanted } from './coco-match.js';
import { meanScores, scoresOf } from './coco-scores.js';
import type { CocoScores, MaxDetections } from './coco-scores.js';
import { expectRle, expectSameSize, rleArea } from './rle.js';
import type { Rle } from './rle.js';

/** An object that is on an image. */
export interface TrueBox extends Box {
  /** Of the class, from 0. */
  readonly index: number;
  /** Whether it is a group that nobody counted: what is found in it is neither right nor wrong. Default false. */
  readonly crowd?: boolean | undefined;
  /** In pixels: says whether it is small, medium or large. Default: of the mask where masks are compared, else of the box. */
  readonly area?: number | undefined;
  /** Its pixels. */
  readonly mask?: Rle | undefined;
}

/** An object that was found on an image. */
export interface FoundBox extends Box {
  /** Of the class, from 0. */
  readonly index: number;
  /** How sure it is, a finite number: only the order counts. */
  readonly score: number;
  /** Its pixels. */
  readonly mask?: Rle | undefined;
}

/** What is compared. */
export interface CocoOptions {
  /** Boxes, or masks: then each object has one. Default `boxes`. */
  readonly compare?: 'boxes' | 'masks' | undefined;
  /** Names of the classes, by index. Default: none, and any index is a class. */
  readonly classes?: readonly string[] | undefined;
  /** How many detections of an image and class count for each of the three average recalls, and the last for all else. Default [1, 10, 100]. */
  readonly maxDetections?: MaxDetections | undefined;
}

/** The scores of one class. */
export interface CocoClassScores extends CocoScores {
  /** Of the class. */
  readonly index: number;
  /** Its name, where there are some. */
  readonly label: string | undefined;
  /** Objects of it, crowds left out. */
  readonly truths: number;
  /** Detections of it. */
  readonly detections: number;
}

/** COCO's numbers: the means over the classes that have objects. */
export interface CocoResult extends CocoScores {
  /** Images that were compared. */
  readonly images: number;
  /** Each class that has a name, an object or a detection, by index. */
  readonly classes: readonly CocoClassScores[];
}

/** An image by the number or name that it has in its data set. */
export type ImageId = number | string;

const OPTIONS = optionNames<CocoOptions>({ compare: true, classes: true, maxDetections: true });

/** Compares what was found with what is there, image after image, by the rules of COCO (Lin et al. 2014, arXiv 1405.0312). */
export class CocoEvaluator {
  private readonly images = new Set<ImageId>();
  /** By class. */
  private readonly matched = new Map<number, { readonly id: ImageId; readonly matched: Matched; readonly truths: number; readonly detections: number }[]>();

  /** @internal */
  constructor(
    private readonly masks: boolean,
    private readonly labels: readonly string[] | undefined,
    private readonly most: MaxDetections,
  ) {}

  /**
   * Adds an image. Nothing of it is kept but scores, and what was right.
   * @param image - of equal scores the lower image comes first, as in pycocotools
   * @throws ArgumentError naming image and object, for what are no lists, an image that was added already, a number that is not finite, a negative size or
   *   area, a class that has no name, or a mask that is missing; FormatError for runs of another number of
   *   pixels than the mask has; ShapeError for masks of several sizes
   */
  add(image: ImageId, truths: readonly TrueBox[], detections: readonly FoundBox[]): void {
    if (!(typeof image === 'string' || Number.isFinite(image))) wrong('add: image', 'a number or name', showValue(image));
    const place = `image ${String(image)}`;
    if (this.images.has(image)) wrong(place, 'each image once', 'it again');
    expectList(`${place}: truths`, 'a list of objects', truths);
    expectList(`${place}: detections`, 'a list of objects', detections);
    const wanted = byClass(Array.from(truths, (truth, i) => this.wanted(truth, `${place}: truth ${i}`)));
    const found = byClass(Array.from(detections, (detection, i) => this.found(detection, `${place}: detection ${i}`)));
    if (this.masks) expectOneSize([...truths, ...detections], place);
    this.images.add(image);
    for (const index of new Set([...wanted.keys(), ...found.keys()])) {
      const [there, answered] = [wanted.get(index) ?? [], found.get(index) ?? []];
      const entry = { id: image, matched: match(there, answered, this.most[2]), truths: there.filter(({ crowd }) => !crowd).length, detections: answered.length };
      const before = this.matched.get(index);
      if (before) before.push(entry);
      else this.matched.set(index, [entry]);
    }
  }

  /** The numbers of all images so far; more may be added afterwards. */
  result(): CocoResult {
    const known = this.labels ? [...this.labels.keys()] : [];
    const indices = [...new Set([...known, ...this.matched.keys()])].sort((a, b) => a - b);
    const classes = indices.map((index): CocoClassScores => {
      const entries = [...(this.matched.get(index) ?? [])].sort((a, b) => byId(a.id, b.id));
      const sum = (of: 'truths' | 'detections'): number => entries.reduce((all, entry) => all + entry[of], 0);
      const scores = scoresOf(entries.map(({ matched }) => matched), this.most);
      return { index, label: this.labels?.[index], truths: sum('truths'), detections: sum('detections'), ...scores };
    });
    return { images: this.images.size, ...meanScores(classes), classes };
  }

  private wanted(truth: TrueBox, place: string): Wanted & { readonly index: number } {
    expectBox(truth, place);
    const { index, crowd = false, area, mask } = truth;
    this.expectClass(index, place);
    if (area !== undefined && !(Number.isFinite(area) && area >= 0)) wrong(`${place}: area`, 'a number from 0 on', showValue(area));
    return { box: truth, mask: this.maskOf(mask, place), area: area ?? this.areaOf(truth), crowd, index };
  }

  private found(detection: FoundBox, place: string): Found & { readonly index: number } {
    expectBox(detection, place);
    const { index, score, mask } = detection;
    this.expectClass(index, place);
    if (!Number.isFinite(score)) wrong(`${place}: score`, 'a finite number', showValue(score));
    return { box: detection, mask: this.maskOf(mask, place), area: this.areaOf(detection), score, index };
  }

  private expectClass(index: number, place: string): void {
    const { labels } = this;
    if (Number.isSafeInteger(index) && index >= 0 && index < (labels?.length ?? Infinity)) return;
    wrong(`${place}: index`, labels ? `a class from 0 to ${labels.length - 1}` : 'a class from 0 on', showValue(index));
  }

  private maskOf(mask: Rle | undefined, place: string): Rle | undefined {
    if (!this.masks) return undefined;
    if (mask === undefined || mask === null) return wrong(`${place}: mask`, 'a mask, as masks are compared', 'none', { hint: "compare: 'boxes' needs none" });
    expectRle(mask, `${place}: mask`);
    return mask;
  }

  private areaOf({ width, height, mask }: TrueBox | FoundBox): number {
    return this.masks && mask ? rleArea(mask) : width * height;
  }
}

function expectOneSize(boxes: readonly { readonly mask?: Rle | undefined }[], place: string): void {
  const [first] = boxes;
  if (first) boxes.forEach(({ mask }) => expectSameSize(first.mask!, mask!, `${place}: mask`));
}

function byClass<Of extends { readonly index: number }>(all: readonly Of[]): Map<number, Of[]> {
  const found = new Map<number, Of[]>();
  for (const one of all) {
    const list = found.get(one.index);
    if (list) list.push(one);
    else found.set(one.index, [one]);
  }
  return found;
}

/** Numbers first, in order; names by their characters. */
function byId(a: ImageId, b: ImageId): number {
  if (typeof a === 'number') return typeof b === 'number' ? a - b : -1;
  if (typeof b === 'number') return 1;
  return a < b ? -1 : Number(a > b);
}

/**
 * COCO's average precision and recall, as pycocotools computes them: ten thresholds of overlap, 101 recalls, ranges of area, crowds.
 * @throws ArgumentError for an option
 */
export function cocoEvaluator(options: CocoOptions = {}): CocoEvaluator {
  checkOptions('cocoEvaluator', options, OPTIONS);
  const { compare = 'boxes', classes, maxDetections = [1, 10, 100] } = options;
  if (compare !== 'boxes' && compare !== 'masks') wrong('cocoEvaluator: compare', "'boxes' or 'masks'", showValue(compare));
  if (classes !== undefined && !Array.isArray(classes)) wrong('cocoEvaluator: classes', 'names by index', showValue(classes));
  const rising = Array.isArray(maxDetections) && maxDetections.length === 3 && maxDetections.every((count: number, i) => Number.isSafeInteger(count) && count >= 1 && count >= (maxDetections[i - 1] ?? 1));
  if (!rising) wrong('cocoEvaluator: maxDetections', 'three whole numbers from 1 on, rising', showList(maxDetections));
  return new CocoEvaluator(compare === 'masks', classes, maxDetections);
}
