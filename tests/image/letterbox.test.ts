/** Letterboxed photos are those that Pillow lays into a frame, in every form of an input. */
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { ArgumentError } from '../../ts/base/errors.js';
import { preprocessFor } from '../../ts/image/preprocess-for.js';
import type { PixelTarget } from '../../ts/image/preprocess-for.js';
import { placeOf } from '../../ts/image/preprocess.js';
import { preprocessSpec } from '../../ts/image/spec.js';
import type { PreprocessFields } from '../../ts/image/types.js';

interface Case {
  readonly photo: readonly [number, number];
  readonly spec: PreprocessFields;
  readonly target: Omit<PixelTarget, 'size'>;
  readonly shape: readonly number[];
  readonly values: string;
}

const CASES = JSON.parse(readFileSync(new URL('letterbox.json', import.meta.url), 'utf8')) as readonly Case[];

function noise(height: number, width: number) {
  let x = 1;
  const data = Uint8Array.from({ length: 3 * height * width }, () => (x = (Math.imul(x, 1664525) + 1013904223) >>> 0) >>> 24);
  return { data, width, height };
}

test.each(CASES)('$photo: $spec.size at $spec.anchor, $target.layout $target.channels $target.dtype', ({ photo, spec, target, shape, values }) => {
  const bytes = Uint8Array.from(Buffer.from(values, 'base64'));
  const want = target.dtype === 'uint8' ? bytes : new Float32Array(bytes.buffer);
  const got = preprocessFor(noise(...photo), spec, { ...target, size: undefined });
  expect([got.dtype, got.shape]).toEqual([target.dtype, shape]);
  // One level of a pixel, which is where Pillow's order of filters may differ.
  const level = target.dtype === 'uint8' ? 1 : Math.max(...spec.std!.map((std) => spec.scale! / std));
  let exact = 0;
  want.forEach((value, i) => {
    const difference = Math.abs(value - Number(got.data[i]));
    expect(difference <= 1.001 * level, `element ${i}: ${String(got.data[i])} instead of ${value}`).toBe(true);
    if (difference <= 1e-6 * level) exact += 1;
  });
  expect(exact / want.length).toBeGreaterThan(0.8);
});

test('every form of an input has a case', () => {
  const forms = new Set(CASES.map(({ target: { layout, channels, dtype } }) => `${layout} ${channels} ${dtype}`));
  expect(forms.size).toBeGreaterThanOrEqual(6);
});

describe('the place', () => {
  const place = (width: number, height: number, fields: PreprocessFields) => placeOf({ width, height }, preprocessSpec({ preset: 'letterbox', ...fields }));

  it('is in the middle, or at the start', () => {
    expect(place(1280, 720, { size: 640 })).toEqual({ resized: [360, 640], window: { top: 0, left: 0, height: 360, width: 640 }, frame: { top: 140, left: 0, height: 640, width: 640 } });
    expect(place(1280, 720, { size: 640, anchor: 'start' }).frame).toEqual({ top: 0, left: 0, height: 640, width: 640 });
    // What is left is odd: a row more below.
    expect(place(100, 67, { size: 64 }).frame).toEqual({ top: 10, left: 0, height: 64, width: 64 });
  });

  it('is no larger than whole strides want', () => {
    expect(place(1280, 720, { size: 640, multiple: 32 }).frame).toEqual({ top: 12, left: 0, height: 384, width: 640 });
    expect(place(720, 1280, { size: 640, multiple: 32 }).frame).toEqual({ top: 0, left: 12, height: 640, width: 384 });
  });

  it('has a pixel each way, however long the photo is', () => {
    expect(place(10_000, 1, { size: 64 }).resized).toEqual([1, 64]);
  });
});

test.each<readonly [PreprocessFields, RegExp]>([
  [{ fill: 256 }, /preprocess.fill: expected a number from 0 to 255, got 256/], [{ fill: NaN }, /preprocess.fill/], [{ anchor: 'end' as never }, /preprocess.anchor: expected centre or start/],
  [{ multiple: 0 }, /preprocess.multiple/], [{ multiple: 1.5 }, /preprocess.multiple/], [{ crop: 5, size: 8 }, /preprocess.crop: expected none where resize is "letterbox"/],
])('%o: refused', (fields, message) => {
  expect(() => preprocessSpec({ preset: 'letterbox', ...fields })).toThrow(ArgumentError);
  expect(() => preprocessSpec({ preset: 'letterbox', ...fields })).toThrow(message);
});
