import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RawImage } from '../../../ts/image/types.js';
import { digit } from '../../../ts/train/data/digit.js';
import { luma } from '../../../ts/train/data/grey.js';
import { otsu } from '../../../ts/train/data/ink.js';
import { seededRandom } from '../../../ts/train/data/random.js';
import { caught, numbers } from './support.js';

type Point = readonly [number, number];

/** A seven, of the unit square. */
const SEVEN: readonly Point[] = [[0, 0], [1, 0], [0.4, 1.6]];
const ONE: readonly Point[] = [[0, 0], [0, 1]];

interface Scene {
  readonly width?: number;
  readonly height?: number;
  /** Of the first point, and of the unit. */
  readonly left?: number;
  readonly top?: number;
  readonly size?: number;
  readonly pen?: number;
  /** Grey of paper and ink where ink is `1`. */
  readonly shade?: (ink: number, row: number, column: number) => number;
}

/** How much ink a stroke leaves, with edges one pixel wide. */
function inkAt(path: readonly Point[], x: number, y: number, pen: number): number {
  const distances = path.slice(1).map(([bx, by], i) => {
    const [ax, ay] = path[i]!;
    const [dx, dy] = [bx - ax, by - ay];
    const t = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
    return Math.hypot(x - ax - t * dx, y - ay - t * dy);
  });
  return Math.max(0, Math.min(1, pen - Math.min(...distances) + 0.5));
}

function drawn(path: readonly Point[], { width = 120, height = 140, left = 30, top = 25, size = 50, pen = 5, shade = (ink) => 255 * (1 - ink) }: Scene = {}): RawImage {
  const points = path.map(([x, y]) => [left + size * x, top + size * y] as const);
  const data = Uint8Array.from({ length: width * height }, (_, i) => {
    const [row, column] = [Math.floor(i / width), i % width];
    return Math.max(0, Math.min(255, Math.round(shade(inkAt(points, column + 0.5, row + 0.5, pen), row, column))));
  });
  return { data, width, height, channels: 1 };
}

const pixels = (image: RawImage): Float32Array => digit(image).data;

/** First and last row and column with ink, and the centre of mass. */
function measure(data: Float32Array) {
  const on = numbers(784).filter((i) => data[i]! > 0);
  const [rows, columns] = [on.map((i) => Math.floor(i / 28)), on.map((i) => i % 28)];
  const sum = data.reduce((total, value) => total + value, 0);
  const centre = (at: (i: number) => number): number => data.reduce((total, value, i) => total + value * (at(i) + 0.5), 0) / sum;
  return {
    height: Math.max(...rows) - Math.min(...rows) + 1, width: Math.max(...columns) - Math.min(...columns) + 1, sum,
    row: centre((i) => Math.floor(i / 28)), column: centre((i) => i % 28),
  };
}

/** Differences relative to all ink. */
function apart(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / measure(b).sum;
}

const SEVEN_PIXELS = pixels(drawn(SEVEN));

test('a digit fills a box of 20, keeps its proportions, and lies by its centre of mass', () => {
  expect(digit(drawn(SEVEN))).toMatchObject({ dtype: 'float32', shape: [1, 1, 28, 28] });
  const seven = measure(SEVEN_PIXELS);
  // (50 + 10) x (80 + 10) pixels of ink.
  expect(seven).toMatchObject({ height: 20, width: Math.round((20 * 60) / 90) });
  for (const centre of [seven.row, seven.column]) expect(Math.floor(centre)).toBe(14);
  expect(Math.max(...SEVEN_PIXELS)).toBeGreaterThan(0.99);
  const one = measure(pixels(drawn(ONE, { size: 80 })));
  expect(one).toMatchObject({ height: 20, width: 2 });
  const wide = measure(pixels(drawn([[0, 0], [1, 0]], { size: 60 })));
  expect(wide).toMatchObject({ height: 3, width: 20 });
});

test('where it is drawn does not matter', () => {
  fc.assert(fc.property(fc.integer({ min: 6, max: 60 }), fc.integer({ min: 6, max: 50 }), (left, top) => {
    // The background is fitted to other pixels: a level of a byte more or less.
    pixels(drawn(SEVEN, { left, top })).forEach((value, i) => expect(Math.abs(value - SEVEN_PIXELS[i]!)).toBeLessThan(2.5 / 255));
  }), { numRuns: 20 });
});

test('light on dark is the same as dark on light, and so are grey, RGB and RGBA', () => {
  expect(apart(pixels(drawn(SEVEN, { shade: (ink) => 255 * ink })), SEVEN_PIXELS)).toBeLessThan(0.01);
  const { data, width, height } = drawn(SEVEN);
  const spread = (channels: 3 | 4): RawImage => ({ data: Uint8Array.from({ length: data.length * channels }, (_, i) => (i % channels === 3 ? 255 : data[Math.floor(i / channels)]!)), width, height, channels });
  expect(pixels(spread(3))).toEqual(SEVEN_PIXELS);
  expect(pixels(spread(4))).toEqual(SEVEN_PIXELS);
  const canvas = { data: Uint8ClampedArray.from({ length: data.length * 4 }, (_, i) => (i % 4 === 3 ? 255 - data[Math.floor(i / 4)]! : 0)), width, height };
  expect(apart(digit(canvas as unknown as RawImage).data, SEVEN_PIXELS)).toBeLessThan(0.01);
});

test.each([[2, 60, 50, 240, 280], [0.5, 15, 12, 60, 70], [9, 200, 300, 1080, 1300]])('drawn %s times as large', (by, left, top, width, height) => {
  const got = pixels(drawn(SEVEN, { size: 50 * by, pen: 5 * by, left, top, width, height }));
  expect(apart(got, SEVEN_PIXELS)).toBeLessThan(0.15);
});

test('a photo: pale ink, a shadow over the paper, noise and specks', () => {
  const noise = seededRandom(2).uniforms(0, 0, 120 * 140);
  const speck = (row: number, column: number): number => (Math.hypot(row - 10, column - 100) < 2 || Math.hypot(row - 130, column - 8) < 1.5 ? 1 : 0);
  const photo = drawn(SEVEN, { shade: (ink, row, column) => 210 - 0.6 * row + 0.3 * column - 80 * Math.max(ink, speck(row, column)) + 16 * (noise[row * 120 + column]! - 0.5) });
  expect(apart(pixels(photo), SEVEN_PIXELS)).toBeLessThan(0.12);
  expect(measure(pixels(photo))).toMatchObject({ height: 20, width: 13 });
});

test('pieces of a digit stay', () => {
  const bar = drawn(ONE, { left: 60, size: 60 });
  const short = drawn(ONE, { left: 30, top: 40, size: 30 });
  const both = { ...bar, data: bar.data.map((value, i) => Math.min(value, short.data[i]!)) };
  expect(measure(pixels(both)).width).toBeGreaterThan(8);
});

test('the normalisation of the data', () => {
  const got = digit(drawn(SEVEN), { normalize: { mean: 0.5, std: 0.25 } }).data;
  got.forEach((value, i) => expect(Math.abs(value - (SEVEN_PIXELS[i]! - 0.5) / 0.25)).toBeLessThan(1e-6));
});

const plain = (grey: number, side = 40): RawImage => ({ data: new Uint8Array(side * side).fill(grey), width: side, height: side, channels: 1 });

test.each<[string, RawImage]>([
  ['white', plain(255)], ['black', plain(0)], ['grey', plain(99)], ['one pixel', plain(0, 1)],
  ['a faint shadow', drawn(SEVEN, { shade: (ink) => 200 - 12 * ink })],
  ['noise', { ...plain(0), data: Uint8Array.from(seededRandom(1).uniforms(0, 0, 1600), (u) => 120 + 10 * u) }],
])('no ink: %s', async (_, image) => {
  expect(await caught(() => digit(image))).toMatchObject({ code: 'image', message: 'digit: expected a digit on a plain background, got a picture without ink' });
});

test.each<[string, string, unknown, unknown]>([
  ['digit: expected pixels { data, width, height }, got string; decodeImage makes them of files', 'argument', 'seven.png', {}],
  ['digit: expected 9 bytes for 3 x 3 x 1, got 4 bytes', 'image', { data: new Uint8Array(4), width: 3, height: 3, channels: 1 }, {}],
  ['digit: expected an option it has, got normal; did you mean normalize?', 'argument', plain(0), { normal: 1 }],
])('refused: %s', async (message, code, image, options) => {
  expect(await caught(() => digit(image as RawImage, options as object))).toMatchObject({ message, code });
});

test('any pixels give a digit or an ImageError', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }), fc.infiniteStream(fc.nat(255)), (width, height, values) => {
    const data = Uint8Array.from({ length: width * height }, () => Number(values.next().value));
    try {
      const got = pixels({ data, width, height, channels: 1 });
      expect(got.every((value) => value >= 0 && value <= 1)).toBe(true);
      expect(Math.max(...got)).toBeGreaterThan(0);
    } catch (error) {
      expect(error).toMatchObject({ code: 'image' });
    }
  }));
});

test('thresholds and brightness', () => {
  expect(otsu(Float32Array.of(10, 12, 11, 200, 210))).toBe(12.5);
  expect(otsu(Float32Array.of(0, 255))).toBe(0.5);
  expect([[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255], [10, 20, 30]].map((pixel) => luma(pixel, 0))).toEqual([76, 150, 29, 255, 18]);
});
