/** The data that tests/metrics/make_expected.py makes in the same way, and what it found. */
import { readFileSync } from 'node:fs';
import type { BinaryMask } from '../../ts/metrics/rle.js';
import type { Box } from '../../ts/metrics/box.js';

/** MINSTD (Park and Miller 1988): whole numbers that both languages hold exactly. */
export class Random {
  constructor(private state: number) {}

  next(): number {
    this.state = (this.state * 48271) % 2147483647;
    return this.state / 2147483647;
  }

  below(n: number): number {
    return Math.floor(this.next() * n);
  }
}

const halves = (value: number): number => Math.floor(value * 2) / 2;

/** Height and width of images with masks. */
export const SIZE = [180, 240] as const;

export function randomBox(random: Random, imageWidth: number, imageHeight: number): Box {
  const width = halves(1 + random.next() * random.next() * (imageWidth - 2));
  const height = halves(1 + random.next() * random.next() * (imageHeight - 2));
  return { left: halves(random.next() * (imageWidth - width)), top: halves(random.next() * (imageHeight - height)), width, height };
}

function near(random: Random, { left, top, width, height }: Box): Box {
  return {
    left: halves(left + (random.next() - 0.5) * 0.3 * width),
    top: halves(top + (random.next() - 0.5) * 0.3 * height),
    width: halves(width * (0.8 + 0.4 * random.next())) + 0.5,
    height: halves(height * (0.8 + 0.4 * random.next())) + 0.5,
  };
}

/** The ellipse or rectangle in a box whose sides are rounded down. */
export function maskOf(box: Box, ellipse: boolean, [height, width]: readonly [number, number] = SIZE): BinaryMask {
  const [left, top] = [Math.floor(box.left), Math.floor(box.top)];
  const [w, h] = [Math.max(1, Math.floor(box.width)), Math.max(1, Math.floor(box.height))];
  const data = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    const dy = 2 * y + 1 - (2 * top + h);
    for (let x = 0; x < width; x++, i++) {
      const dx = 2 * x + 1 - (2 * left + w);
      data[i] = Number(ellipse ? (dx * h) ** 2 + (dy * w) ** 2 <= (w * h) ** 2 : Math.abs(dx) <= w && Math.abs(dy) <= h);
    }
  }
  return { data, width, height };
}

export interface RandomTruth {
  readonly box: Box;
  readonly index: number;
  readonly crowd: boolean;
  /** Of its area; 0: the area is its own. */
  readonly scale: number;
  readonly ellipse: boolean;
}

export interface RandomDetection {
  readonly box: Box;
  readonly index: number;
  readonly score: number;
  readonly ellipse: boolean;
}

export interface RandomImage {
  readonly id: number;
  readonly truths: readonly RandomTruth[];
  readonly detections: readonly RandomDetection[];
}

export function randomSet(seed: number, withMasks: boolean): { readonly classes: number; readonly images: readonly RandomImage[] } {
  const random = new Random(seed);
  const [height, width] = withMasks ? SIZE : [300, 400];
  const [classes, count] = [1 + random.below(4), 3 + random.below(8)];
  const crowded = seed % 10 === 0 && !withMasks;
  const images: RandomImage[] = [];
  for (let i = 0; i < count; i++) {
    const truths: RandomTruth[] = [];
    for (let n = random.below(7); n > 0; n--) {
      const [box, index, crowd] = [randomBox(random, width, height), random.below(classes), random.next() < 0.15];
      truths.push({ box, index, crowd, scale: random.below(3) / 2, ellipse: random.next() < 0.5 });
    }
    const detections: RandomDetection[] = [];
    for (const truth of truths) {
      for (let n = random.below(4); n > 0; n--) {
        const box = near(random, truth.box);
        const index = random.next() < 0.1 ? random.below(classes) : truth.index;
        detections.push({ box, index, score: random.below(21) / 20, ellipse: truth.ellipse });
      }
    }
    for (let n = crowded ? 130 : random.below(5); n > 0; n--) {
      const box = randomBox(random, width, height);
      detections.push({ box, index: random.below(classes), score: random.below(21) / 20, ellipse: random.next() < 0.5 });
    }
    images.push({ id: count - i, truths, detections });
  }
  return { classes, images };
}

/** The twelve numbers in the order of pycocotools, -1 where nothing was to be found; the first of them by class. */
export interface ExpectedSet {
  readonly all: readonly number[];
  readonly ap: readonly number[];
}

export interface ExpectedMatrix {
  readonly meanIou: number;
  readonly accuracy: number;
  readonly meanDice: number;
  /** 0 where nothing is defined. */
  readonly iou: readonly number[];
  readonly dice: readonly number[];
  readonly precision: readonly number[];
  readonly recall: readonly number[];
}

export interface Expected {
  readonly boxes: readonly ExpectedSet[];
  readonly masks: readonly ExpectedSet[];
  readonly rle: {
    readonly texts: readonly (readonly [height: number, width: number, text: string])[];
    readonly areas: readonly number[];
    readonly boxes: readonly (readonly number[])[];
    readonly same: readonly string[];
    readonly iou: readonly (readonly number[])[];
    readonly union: string;
  };
  readonly polygons: readonly string[];
  readonly boxIou: Readonly<Record<'box_iou' | 'generalized_box_iou' | 'distance_box_iou' | 'complete_box_iou', readonly number[]>>;
  readonly classes: { readonly matrices: readonly ExpectedMatrix[]; readonly top: readonly number[] };
}

export const expected = JSON.parse(readFileSync(new URL('expected.json', import.meta.url), 'utf8')) as Expected;
