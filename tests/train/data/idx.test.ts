import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { fromIdx, readIdx } from '../../../ts/train/data/idx.js';
import { caught, numbers } from './support.js';

function idx(type: number, shape: readonly number[], elements: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(4 + 4 * shape.length + elements.length);
  out.set([0, 0, type, shape.length]);
  shape.forEach((dim, i) => new DataView(out.buffer).setUint32(4 + 4 * i, dim));
  out.set(elements, 4 + 4 * shape.length);
  return out;
}

const images = idx(8, [3, 2, 4], Uint8Array.from(numbers(24)));
const labels = idx(8, [3], Uint8Array.of(2, 0, 1));

test('images and labels, packed or not, as bytes, buffers or blobs', async () => {
  const shifted = new Uint8Array(images.length + 5);
  shifted.set(images, 5);
  const packed = new Uint8Array(gzipSync(images));
  for (const form of [images, images.buffer, shifted.subarray(5), new Blob([images]), packed, new Blob([packed])]) {
    const data = await fromIdx(form, new Uint8Array(gzipSync(labels)), { normalize: { scale: 1 } });
    expect([...data.labels!]).toEqual([2, 0, 1]);
    expect(data.get([1]).x).toEqual({ dtype: 'float32', shape: [1, 1, 2, 4], data: Float32Array.from(numbers(8, 8)) });
  }
  const data = await fromIdx(images, labels);
  expect(data.get([0]).x.data[7]).toBe(Math.fround(7 / 255));
});

test('channels', async () => {
  const data = await fromIdx(idx(8, [1, 3, 2, 2], Uint8Array.from(numbers(12))), idx(8, [1], Uint8Array.of(0)));
  expect(data.get([0]).x.shape).toEqual([1, 3, 2, 2]);
});

test.each([
  [0x09, 1, 'int8', 'setInt8', [-3, 0, 127]],
  [0x0b, 2, 'int16', 'setInt16', [-300, 0, 32767]],
  [0x0c, 4, 'int32', 'setInt32', [-70000, 0, 2 ** 31 - 1]],
  [0x0d, 4, 'float32', 'setFloat32', [-0.5, 0, 3.25]],
  [0x0e, 8, 'float64', 'setFloat64', [-0.1, 0, 1e300]],
] as const)('elements of type %i', (type, bytes, dtype, set, values) => {
  const elements = new Uint8Array(bytes * values.length);
  values.forEach((value, i) => new DataView(elements.buffer)[set](i * bytes, value));
  const read = readIdx(idx(type, [3, 1], elements), 'file');
  expect({ ...read, data: [...(read.data as Float64Array)] }).toEqual({ dtype, shape: [3, 1], data: values });
});

test('a file cut off anywhere is refused', async () => {
  for (let length = 0; length < images.length; length++) {
    const error = await caught(() => fromIdx(images.subarray(0, length), labels));
    expect(error).toMatchObject({ code: 'format', place: 'images' });
    if (length >= 4) expect(error.got).toContain('ends too early');
  }
  const packed = gzipSync(idx(8, [100, 10, 10], Uint8Array.from(numbers(10_000).map((i) => (i * i * 31) % 251))));
  for (const length of [2, 11, 100, packed.length - 9, packed.length - 1]) {
    const error = await caught(() => fromIdx(packed.subarray(0, length), labels));
    expect(error).toMatchObject({ code: 'format', place: 'images', expected: 'a whole gzip file' });
  }
});

test.each<[string, string, unknown, unknown]>([
  ['images: expected 40 bytes for [3, 2, 4], got 41', 'format', Uint8Array.of(...images, 0), labels],
  ['images: expected an IDX file, got one that begins otherwise', 'format', new TextEncoder().encode('<!doctype html>'), labels],
  ['images: expected an IDX file, got one that begins otherwise', 'format', Uint8Array.of(0, 0, 7, 1, 0, 0, 0, 0), labels],
  ['images: expected dimensions [N, H, W] or [N, C, H, W], got [3]', 'shape', labels, labels],
  ['labels: expected one dimension [N], got [3, 2, 4]', 'shape', images, images],
  ['fromIdx: y: expected 3 targets, one for each example, got 2', 'shape', images, idx(8, [2], Uint8Array.of(0, 1))],
  ['fromIdx: x: expected at least one example, got none; the data is empty', 'argument', idx(8, [0, 2, 2], new Uint8Array(0)), idx(8, [0], new Uint8Array(0))],
  ['y[0]: expected a class from 0 to 1 (a, b), got 2', 'argument', images, labels],
  ['labels: expected bytes or a Blob, got string', 'dtype', images, 'labels.idx'],
  ['images: expected bytes or a Blob, got undefined', 'dtype', undefined, labels],
])('refused: %s', async (message, code, x, y) => {
  expect(await caught(() => fromIdx(x as Uint8Array, y as Uint8Array, { classes: ['a', 'b'] }))).toMatchObject({ message, code });
});

test('an announced size beyond memory is no reason to allocate it', async () => {
  expect(await caught(() => readIdx(idx(14, [2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1], new Uint8Array(8)), 'file'))).toMatchObject({ code: 'format' });
});
