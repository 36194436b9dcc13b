import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tensor } from '../../../ts/tensor/tensor.js';
import { inverseOf, resampleLinear } from '../../../ts/train/data/affine.js';
import type { Placement } from '../../../ts/train/data/affine.js';
import { applyAugmentation } from '../../../ts/train/data/apply.js';
import type { AugmentContext } from '../../../ts/train/data/apply.js';
import { augment } from '../../../ts/train/data/augment.js';
import type { AugmentOptions } from '../../../ts/train/data/augment.js';
import type { Batch, Target } from '../../../ts/train/data/dataset.js';
import { betas } from '../../../ts/train/data/mixup.js';
import { seededRandom } from '../../../ts/train/data/random.js';
import { caught, numbers } from './support.js';

const random = seededRandom(11);

/** Every pixel is another number, from 1 on. */
function batchOf(n: number, c: number, h: number, w: number, y: Target = tensor(numbers(n).map((i) => i % 3), [n], 'int32')): Batch {
  return { x: tensor(Float32Array.from(numbers(n * c * h * w, 1)), [n, c, h, w]), y };
}

const apply = (options: AugmentOptions, batch: Batch, round = 0, context: AugmentContext = {}): Batch => applyAugmentation(augment(options), batch, random, round, context);

/** [n][pixel] of one channel. */
const planes = ({ x }: Batch): number[][] => numbers(x.shape[0]! * x.shape[1]!).map((i) => [...x.data.subarray(i * x.shape[2]! * x.shape[3]!, (i + 1) * x.shape[2]! * x.shape[3]!)]);

const EVERYTHING: AugmentOptions = {
  shift: 2, rotate: 10, scale: [0.9, 1.1], shear: 5, flip: 'both', crop: { size: 6, padding: 1 }, erase: 0.5, brightness: 0.2, contrast: 0.2, mixup: 0.2,
};

test('nothing asked changes nothing, in memory of its own', () => {
  const batch = batchOf(3, 2, 4, 5);
  const got = apply({}, batch);
  expect(got).toEqual(batch);
  expect(got.x.data).not.toBe(batch.x.data);
});

test('seed and round say everything', () => {
  const batch = batchOf(4, 2, 8, 8);
  const [spec, context] = [augment(EVERYTHING), { classes: 3 }];
  const first = applyAugmentation(spec, batch, random, 5, context);
  expect(applyAugmentation(structuredClone(spec), batch, seededRandom(11), 5, context)).toEqual(first);
  expect(applyAugmentation(spec, batch, random, 6, context)).not.toEqual(first);
  expect(applyAugmentation(spec, batch, seededRandom(12), 5, context)).not.toEqual(first);
  expect(first.x.shape).toEqual([4, 2, 6, 6]);
  expect(batch).toEqual(batchOf(4, 2, 8, 8));
});

test('what is drawn for one change does not depend on the others', () => {
  const batch = batchOf(5, 1, 6, 6);
  expect(apply({ flip: 'both', shift: 1, rotate: 0, brightness: 0, erase: 0 }, batch)).toEqual(apply({ flip: 'both', shift: 1 }, batch));
  const [moved, lit] = [apply({ shift: 1 }, batch), apply({ shift: 1, brightness: 0.5 }, batch)];
  planes(lit).forEach((plane, i) => {
    const at = planes(moved)[i]!.findIndex((value) => value > 0);
    const factor = plane[at]! / planes(moved)[i]![at]!;
    plane.forEach((value, p) => expect(Math.abs(value - factor * planes(moved)[i]![p]!)).toBeLessThan(1e-3));
  });
});

test('shifts copy pixels, reach every place equally, and fill in', () => {
  const batch = batchOf(600, 2, 4, 5);
  const counts = new Map<string, number>();
  planes(apply({ shift: [1, 2], fill: [-1, -2] }, batch)).forEach((plane, i) => {
    const before = planes(batch)[i]!;
    const fill = i % 2 === 0 ? -1 : -2;
    const fits = [-1, 0, 1].flatMap((down) => [-2, -1, 0, 1, 2].map((across) => [down, across] as const)).filter(([down, across]) =>
      plane.every((value, at) => {
        const [row, column] = [Math.floor(at / 5) - down, (at % 5) - across];
        return value === (row >= 0 && row < 4 && column >= 0 && column < 5 ? before[row * 5 + column] : fill);
      }));
    expect(fits).toHaveLength(1);
    if (i % 2 === 0) counts.set(String(fits[0]), (counts.get(String(fits[0])) ?? 0) + 1);
  });
  // 40 expected of each of the 15, with a standard deviation of 6.
  expect(counts.size).toBe(15);
  for (const count of counts.values()) expect(Math.abs(count - 40)).toBeLessThan(30);
});

test.each([['horizontal', 2], ['vertical', 2], ['both', 4]] as const)('flip %s copies pixels', (flip, kinds) => {
  const batch = batchOf(400, 1, 3, 4);
  const counts = new Map<string, number>();
  planes(apply({ flip }, batch)).forEach((plane, i) => {
    const key = plane.map((value) => value - i * 12).join();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  });
  const columns = (rows: number[][]): number[][] => rows.map((row) => [...row].reverse());
  const rows = [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]];
  const expected = [rows, ...(flip === 'vertical' ? [] : [columns(rows)]), ...(flip === 'horizontal' ? [] : [[...rows].reverse()]), ...(flip === 'both' ? [columns([...rows].reverse())] : [])];
  expect([...counts.keys()].sort()).toEqual(expected.map((image) => image.flat().join()).sort());
  for (const count of counts.values()) expect(Math.abs(count - 400 / kinds)).toBeLessThan(60);
});

test('crops with padding are windows of the padded image', () => {
  const batch = batchOf(300, 1, 4, 4);
  const got = apply({ crop: { size: [3, 2], padding: 1 }, fill: 0 }, batch);
  expect(got.x.shape).toEqual([300, 1, 3, 2]);
  const seen = new Set<string>();
  planes(got).forEach((plane, i) => {
    const padded = (row: number, column: number): number => (row >= 0 && row < 4 && column >= 0 && column < 4 ? i * 16 + row * 4 + column + 1 : 0);
    const fits = numbers(4, -1).flatMap((top) => numbers(5, -1).map((left) => [top, left] as const)).filter(([top, left]) => plane.every((value, at) => value === padded(top + Math.floor(at / 2), left + (at % 2))));
    expect(fits).toHaveLength(1);
    seen.add(String(fits[0]));
  });
  expect(seen.size).toBe(20);
});

/** The forward map of a placement, of coordinates about the centre. */
function forward({ mirrorColumns, mirrorRows, scale, shear, rotate, shift }: Placement, x: number, y: number): [number, number] {
  let [u, v] = [mirrorColumns ? -x : x, mirrorRows ? -y : y];
  [u, v] = [u * scale, v * scale];
  u += v * Math.tan(shear);
  [u, v] = [u * Math.cos(rotate) - v * Math.sin(rotate), u * Math.sin(rotate) + v * Math.cos(rotate)];
  return [u + shift[1], v + shift[0]];
}

test('the inverse of a placement leads back, whatever the placement', () => {
  const angle = fc.double({ min: -1, max: 1, noNaN: true });
  const whole = fc.integer({ min: -3, max: 3 });
  const any = fc.record({
    mirrorColumns: fc.boolean(), mirrorRows: fc.boolean(), scale: fc.double({ min: 0.5, max: 2, noNaN: true }), shear: angle, rotate: angle,
    shift: fc.tuple(whole, whole), corner: fc.tuple(whole, whole),
  });
  fc.assert(fc.property(any, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), whole, whole, (placement, height, width, row, column) => {
    const { a, b, c, d, e, f } = inverseOf(placement, { height, width });
    const [middleColumn, middleRow] = [(width - 1) / 2, (height - 1) / 2];
    const [u, v] = forward(placement, column - middleColumn, row - middleRow);
    const [outColumn, outRow] = [u + middleColumn - placement.corner[1], v + middleRow - placement.corner[0]];
    expect(Math.abs(a * outColumn + b * outRow + c - column)).toBeLessThan(1e-9);
    expect(Math.abs(d * outColumn + e * outRow + f - row)).toBeLessThan(1e-9);
  }));
});

test('bilinear resampling keeps what is linear, and fades into the border', () => {
  const [height, width] = [7, 9];
  const x = Float32Array.from({ length: 2 * height * width }, (_, i) => (i < 63 ? 2 * (i % width) - Math.floor(i / width) : 5));
  const to = { height: 5, width: 6 };
  const out = new Float32Array(60).fill(NaN);
  resampleLinear(x, { height, width }, out, to, { a: 0.9, b: -0.3, c: 1.6, d: 0.2, e: 0.8, f: 0.5 }, [0]);
  for (let at = 0; at < 30; at++) {
    const [row, column] = [Math.floor(at / 6), at % 6];
    const [u, v] = [0.9 * column - 0.3 * row + 1.6, 0.2 * column + 0.8 * row + 0.5];
    expect(u >= 0 && u <= width - 1 && v >= 0 && v <= height - 1).toBe(true);
    expect(Math.abs(out[at]! - (2 * u - v))).toBeLessThan(1e-5);
    expect(Math.abs(out[30 + at]! - 5)).toBeLessThan(1e-6);
  }
  const edge = new Float32Array(4).fill(NaN);
  resampleLinear(Float32Array.of(8, 8, 8, 8), { height: 2, width: 2 }, edge, { height: 1, width: 4 }, { a: 1, b: 0, c: -1.25, d: 0, e: 1, f: 0.5 }, [4]);
  expect([...edge]).toEqual([4, 7, 8, 5]);
});

test('a turn by up to 90 degrees keeps the sum of what stays inside', () => {
  const x = new Float32Array(20 * 31 * 31);
  for (let i = 0; i < 20; i++) for (const [row, column] of [[15, 15], [15, 16], [14, 15], [12, 18]]) x[i * 961 + row! * 31 + column!] = 1;
  const got = apply({ rotate: 90, scale: [1, 1] }, { x: tensor(x, [20, 1, 31, 31]), y: tensor([...Array(20).keys()].map(() => 0), [20], 'int32') });
  const sums = planes(got).map((plane) => plane.reduce((sum, value) => sum + value, 0));
  // A bilinear kernel on a turned grid sums to 1 only about.
  for (const sum of sums) expect(Math.abs(sum - 4)).toBeLessThan(0.5);
  expect(new Set(sums).size).toBeGreaterThan(15);
});

test('brightness is about black, contrast about the mean', () => {
  const batch = batchOf(200, 2, 2, 2);
  const zero = [-1, 3];
  const factors = planes(apply({ brightness: 0.25 }, batch, 0, { zero })).map((plane, i) => {
    const [black, before] = [zero[i % 2]!, planes(batch)[i]!];
    const factor = (plane[0]! - black) / (before[0]! - black);
    plane.forEach((value, p) => expect(Math.abs(value - black - factor * (before[p]! - black))).toBeLessThan(1e-2));
    return factor;
  }).filter((factor) => Number.isFinite(factor));
  expect(Math.min(...factors)).toBeGreaterThan(0.74);
  expect(Math.max(...factors)).toBeLessThan(1.26);
  expect(Math.max(...factors) - Math.min(...factors)).toBeGreaterThan(0.4);
  planes(apply({ contrast: 0.5 }, batch)).forEach((plane, i) => {
    const before = planes(batch)[i]!;
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / 4;
    expect(Math.abs(mean(plane) - mean(before))).toBeLessThan(1e-3);
    const factor = (plane[3]! - plane[0]!) / 3;
    expect(factor > 0.49 && factor < 1.51 && Math.abs(plane[1]! - plane[0]! - factor) < 1e-2).toBe(true);
  });
});

test('erasing blanks one rectangle of the right size, in the right part of the examples', () => {
  const [n, h, w] = [1000, 16, 20];
  const batch = batchOf(n, 2, h, w);
  let erased = 0;
  const got = planes(apply({ erase: 0.25, fill: -7 }, batch));
  for (let i = 0; i < n; i++) {
    const [first, second] = [got[2 * i]!, got[2 * i + 1]!];
    const blank = first.flatMap((value, at) => (value === -7 ? [at] : []));
    expect(second.flatMap((value, at) => (value === -7 ? [at] : []))).toEqual(blank);
    if (blank.length === 0) continue;
    erased++;
    const [rows, columns] = [new Set(blank.map((at) => Math.floor(at / w))), new Set(blank.map((at) => at % w))];
    expect(rows.size * columns.size).toBe(blank.length);
    expect(Math.max(...rows) - Math.min(...rows) + 1).toBe(rows.size);
    expect(Math.max(...columns) - Math.min(...columns) + 1).toBe(columns.size);
    expect(blank.length / (h * w)).toBeGreaterThan(0.005);
    expect(blank.length / (h * w)).toBeLessThan(0.4);
  }
  // 250 expected, with a standard deviation of 14.
  expect(Math.abs(erased - 250)).toBeLessThan(70);
});

test.each([0.1, 0.2, 0.5, 1, 4])('mix-up draws from Beta(%s, same)', (alpha) => {
  const n = 40_000;
  const drawn = betas(alpha, random.uniforms(0, 0, n), random.uniforms(1, 0, n));
  const mean = drawn.reduce((sum, value) => sum + value, 0) / n;
  const moment = (power: number): number => drawn.reduce((sum, value) => sum + (value - 0.5) ** power, 0) / n;
  expect(drawn.every((value) => value >= 0 && value <= 1)).toBe(true);
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.012);
  expect(Math.abs(moment(2) - 1 / (4 * (2 * alpha + 1)))).toBeLessThan(0.003);
  // Kurtosis of a symmetric beta: 3 - 6 / (2 alpha + 3).
  const square = 1 / (4 * (2 * alpha + 1));
  expect(Math.abs(moment(4) - square * square * (3 - 6 / (2 * alpha + 3)))).toBeLessThan(0.002);
});

test('the ends of the uniform numbers give numbers from 0 to 1', () => {
  const most = 1 - 2 ** -24;
  for (const alpha of [1e-3, 0.2, 100]) {
    for (const value of betas(alpha, Float32Array.of(0, 0, most, most, most), Float32Array.of(0, 0.25, 0, 0.25, 0.5))) expect(value >= 0 && value <= 1).toBe(true);
  }
});

test('mix-up mixes images and targets by the same part', () => {
  const n = 12;
  const x = new Float32Array(n * n);
  numbers(n).forEach((i) => (x[i * n + i] = 1));
  const y = tensor(numbers(n), [n], 'int32');
  const got = apply({ mixup: 1 }, { x: tensor(x, [n, n]), y }, 0, { classes: n });
  expect(got.y).toMatchObject({ dtype: 'float32', shape: [n, n] });
  expect(got.y.data).toEqual(got.x.data);
  numbers(n).forEach((i) => {
    const row = got.x.data.subarray(i * n, (i + 1) * n);
    expect(Math.abs(row.reduce((sum, value) => sum + value, 0) - 1)).toBeLessThan(1e-6);
    expect(row.filter((value) => value > 0).length).toBeLessThan(3);
  });
  // As many as examples take part as the other one.
  const columns = numbers(n).map((c) => numbers(n).filter((r) => got.x.data[r * n + c]! > 0).length);
  expect(columns.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(n);
  const values = apply({ mixup: 1 }, { x: tensor(x, [n, n]), y: tensor(x, [n, n]) });
  expect(values.y.data).toEqual(values.x.data);
});

test('maps among the targets move along', () => {
  const n = 6;
  const shape = [n, 5, 5];
  const x = tensor(Float32Array.from(numbers(n * 25, 1)), [n, 1, 5, 5]);
  const move: AugmentOptions = { shift: 1, flip: 'both', crop: { size: 4 }, fill: -100 };
  const classes = apply(move, { x, y: tensor(numbers(n * 25, 1), shape, 'int32') });
  expect(classes.y.shape).toEqual([n, 4, 4]);
  expect([...classes.y.data]).toEqual([...classes.x.data]);
  const maps = apply({ ...move, rotate: 20, fill: 0 }, { x, y: tensor(x.data, [n, 1, 5, 5]) });
  expect(maps.y).toEqual(maps.x);
});

test.each<[string, string, AugmentOptions, Batch, AugmentContext]>([
  ['augment: expected images [N, C, H, W], got [2, 3]', 'shape', { shift: 1 }, { x: tensor([1, 2, 3, 4, 5, 6], [2, 3]), y: tensor([0, 0], [2], 'int32') }, {}],
  ['augment: crop.size: expected at most [4, 5], the padded image, got [5, 5]', 'shape', { crop: { size: 5 } }, batchOf(1, 1, 4, 5), {}],
  ['y: expected maps of the size of the images, 4 x 5, got [1, 2, 2]', 'shape', { shift: 1 }, batchOf(1, 1, 4, 5, tensor([0, 0, 0, 0], [1, 2, 2], 'int32')), {}],
  ['augment: mixup: expected the number of classes, got none; give the data the names of its classes', 'argument', { mixup: 1 }, batchOf(2, 1, 2, 2), {}],
  ['y[1]: expected a class from 0 to 0, got 1', 'argument', { mixup: 1 }, batchOf(2, 1, 2, 2), { classes: 1 }],
  ['augment: mixup: expected a class for each image, got [1, 2, 2]', 'unsupported', { mixup: 1 }, batchOf(1, 1, 2, 2, tensor([0, 0, 0, 0], [1, 2, 2], 'int32')), { classes: 3 }],
])('refused: %s', async (message, code, options, batch, context) => {
  expect(await caught(() => apply(options, batch, 0, context))).toMatchObject({ message, code });
});

test.each<[string, object]>([
  ['augment: expected an option it has, got rotat; did you mean rotate?', { rotat: 3 }],
  ['augment: shift: expected a whole number of pixels from 0 on, or [vertical, horizontal], got 1.5', { shift: 1.5 }],
  ['augment: shift: expected a whole number of pixels from 0 on, or [vertical, horizontal], got [1]', { shift: [1] }],
  ['augment: rotate: expected degrees from 0 to 360, got -3', { rotate: -3 }],
  ['augment: scale: expected two factors above 0, the smaller first, got [1.1, 0.9]', { scale: [1.1, 0.9] }],
  ['augment: scale: expected two factors above 0, the smaller first, got [0, 1]', { scale: [0, 1] }],
  ['augment: scale: expected two factors above 0, the smaller first, got 2', { scale: 2 }],
  ['augment: shear: expected degrees from 0 to below 90, got 90', { shear: 90 }],
  ['augment: flip: expected horizontal, vertical or both, got true', { flip: true }],
  ['augment: crop: expected an option it has, got pad; did you mean padding?', { crop: { pad: 1 } }],
  ['augment: crop.size: expected a whole number of pixels from 1 on, or [height, width], got 0', { crop: { size: 0 } }],
  ['augment: crop.padding: expected a whole number of pixels from 0 on, got -1', { crop: { padding: -1 } }],
  ['augment: erase: expected a probability from 0 to 1, got 2', { erase: 2 }],
  ['augment: brightness: expected a number from 0 to 1, got NaN', { brightness: NaN }],
  ['augment: contrast: expected a number from 0 to 1, got "1"', { contrast: '1' }],
  ['augment: mixup: expected a number from 0 on, got -1', { mixup: -1 }],
  ['augment: fill: expected a finite number, or one by channel, got []', { fill: [] }],
])('options: %s', async (message, options) => {
  expect(await caught(() => augment(options as AugmentOptions))).toMatchObject({ message, code: 'argument' });
});
