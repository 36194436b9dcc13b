import { expect, test } from 'vitest';
import { ReceptiveError } from '../../ts/base/errors.js';
import { codes } from '../../ts/scenes/codes.js';
import type { CodesOptions } from '../../ts/scenes/codes.js';
import { readDigits } from '../../ts/scenes/digits.js';
import { scenes } from '../../ts/scenes/scenes.js';
import type { ScenesOptions } from '../../ts/scenes/scenes.js';
import { clockDigits } from './support.js';

const digits = clockDigits();

const REFUSED: readonly [string, unknown, RegExp][] = [
  ['no options', undefined, /digits/],
  ['no digits at all', {}, /scenes: digits: expected digits/],
  ['an empty list of digits', { digits: { ...digits, images: new Uint8Array(0), labels: new Uint8Array(0) } }, /at least one digit/],
  ['pixels that are missing', { digits: { ...digits, images: digits.images.subarray(1) } }, /expected 7840 bytes, for 10 labels, got 7839/],
  ['a label that is no digit', { digits: { ...digits, labels: new Uint8Array(10).fill(10) } }, /labels\[0\]: expected a digit/],
  ['a digit without ink', { digits: { ...digits, images: new Uint8Array(7840) } }, /image 0: expected ink/],
  ['images of no width', { digits: { ...digits, width: 0 } }, /width: expected a whole number/],
  ['floats', { digits: { ...digits, images: new Float32Array(7840) } }, /images: expected a Uint8Array/],
  ['size 0', { digits, size: 0 }, /size: expected a whole number from 16/],
  ['a size that is no number', { digits, size: NaN }, /size/],
  ['a negative count', { digits, count: -1 }, /count/],
  ['no scene at all', { digits, count: 0 }, /count/],
  ['a seed below 0', { digits, seed: -1 }, /scenes: seed/],
  ['no room', { digits, size: 32, perScene: [5, 9] }, /room for 5 digits of 14 pixels, got 32 x 32 pixels/],
  ['digits larger than the scene', { digits, size: 32, side: [40, 50] }, /room for 1 digits of 40 pixels/],
  ['fewest above most', { digits, perScene: [3, 2] }, /perScene: expected two whole numbers/],
  ['too many', { digits, perScene: [1, 201] }, /perScene/],
  ['sides that are none', { digits, side: [14] }, /side/],
  ['turned too far', { digits, rotate: 46 }, /rotate/],
  ['an overlap of NaN', { digits, overlap: NaN }, /overlap/],
  ['clutter above 1', { digits, clutter: 2 }, /clutter/],
  ['a name that is wrong', { digits, sizes: 1 }, /did you mean size/],
];

test.each(REFUSED)('scenes refuses %s', (_, options, message) => {
  const run = (): unknown => scenes(options as ScenesOptions);
  expect(run).toThrow(ReceptiveError);
  expect(run).toThrow(message);
});

test.each([
  ['a size without room for five digits', { digits, size: 63 }, /codes: size: expected a whole number from 64/],
  ['rows that climb', { digits, rotate: 30 }, /rotate/],
  ['no digits', { size: 128 }, /codes: digits/],
  ['an infinite side', { digits, side: [14, Infinity] }, /side/],
])('codes refuses %s', (_, options, message) => {
  const run = (): unknown => codes(options as CodesOptions);
  expect(run).toThrow(ReceptiveError);
  expect(run).toThrow(message);
});

test('a number that no scene has', () => {
  const source = scenes({ digits, count: 3 });
  for (const index of [-1, 3, 0.5, NaN]) expect(() => source.at(index)).toThrow(/scenes: at: expected a number from 0 to 2/);
});

/** An IDX file of bytes. */
function idx(shape: readonly number[], data: Uint8Array, type = 8): Uint8Array {
  const head = new DataView(new ArrayBuffer(4 + 4 * shape.length));
  head.setUint8(2, type);
  head.setUint8(3, shape.length);
  shape.forEach((dim, i) => head.setUint32(4 + 4 * i, dim));
  return Uint8Array.from([...new Uint8Array(head.buffer), ...data]);
}

test('readDigits reads IDX files', async () => {
  const read = await readDigits(idx([10, 28, 28], digits.images), idx([10], digits.labels));
  expect(read).toEqual(digits);
});

test.each([
  ['an image that lies flat', idx([10, 784], digits.images), idx([10], digits.labels), /images: expected dimensions \[N, H, W\]/],
  ['labels in a square', idx([10, 28, 28], digits.images), idx([5, 2], digits.labels), /labels: expected one dimension/],
  ['fewer labels', idx([10, 28, 28], digits.images), idx([9], digits.labels.subarray(1)), /7056 bytes, for 9 labels/],
  ['signed bytes', idx([10, 28, 28], digits.images, 9), idx([10], digits.labels), /images: expected bytes/],
  ['no file', new Uint8Array(3), idx([10], digits.labels), /images: expected an IDX file/],
])('readDigits refuses %s', async (_, images, labels, message) => {
  await expect(readDigits(images, labels)).rejects.toThrow(message);
});

test('a digit of one faint pixel is seen nevertheless', () => {
  const images = new Uint8Array(784);
  images[400] = 64;
  const [scene] = scenes({ digits: { images, labels: Uint8Array.of(7), width: 28, height: 28 }, count: 1, perScene: [2, 2], side: [8, 9] });
  expect(scene!.boxes.map(({ index, visible }) => [index, visible])).toEqual([[7, 1], [7, 1]]);
});
