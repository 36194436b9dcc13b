/** The engine's pass over a photo gives the bits of `preprocess`, on every variant. */
import { describe, expect, it } from 'vitest';
import { leastSize, photoInput } from '../../ts/tasks/photo.js';
import { ArgumentError } from '../../ts/base/errors.js';
import { toRgb, whole } from '../../ts/image/pixels.js';
import { preprocessFor } from '../../ts/image/preprocess-for.js';
import type { PixelTarget } from '../../ts/image/preprocess-for.js';
import { preprocess } from '../../ts/image/preprocess.js';
import { preprocessSpec } from '../../ts/image/spec.js';
import type { PreprocessOptions, RawImage } from '../../ts/image/types.js';
import { openVariant, RUNNABLE } from '../golden/engine.js';

const PLANES: PixelTarget = { layout: 'nchw', channels: 3, dtype: 'float32', size: undefined };

/** Every form of an input. */
const TARGETS = (['nchw', 'nhwc'] as const).flatMap((layout) =>
  ([3, 1] as const).flatMap((channels) => (['float32', 'uint8'] as const).map((dtype) => ({ layout, channels, dtype }))),
);

/** Runs of black, white and noise, with some alpha: where sums overshoot and rounding shows. */
function noise(width: number, height: number, channels: 1 | 3 | 4, opaque = false): RawImage {
  let state = width * 7919 + height * 31 + channels;
  const byte = (_: unknown, at: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    if (opaque && channels === 4 && at % 4 === 3) return 255;
    return state % 5 === 0 ? 0 : state % 5 < 3 ? 255 : state >>> 24;
  };
  return { data: Uint8Array.from({ length: width * height * channels }, byte), width, height, channels };
}

const PHOTOS = [
  noise(1, 1, 3), noise(2, 7, 3), noise(640, 427, 3), noise(427, 640, 4), noise(300, 299, 4, true), noise(299, 300, 1), noise(1500, 40, 3), noise(31, 33, 4),
];

const SPECS: readonly (readonly [PreprocessOptions, readonly [number, number] | undefined])[] = [
  ['caffe', [227, 227]], ['tf', [31, 17]], ['unit', undefined],
  [{ preset: 'imagenet', size: 64, crop: [56, 33], resize: 'shorter' }, undefined],
  [{ size: [96, 130], filter: 'bicubic' }, undefined],
  ['letterbox', [64, 48]], [{ preset: 'letterbox', size: [33, 65], anchor: 'start', fill: 0, order: 'bgr', mean: [1, 2, 3], std: [4, 5, 6], scale: 1 }, undefined],
  [{ preset: 'letterbox', size: 96, multiple: 32, filter: 'bicubic' }, undefined],
];

describe.each(RUNNABLE)('%s', (variant) => {
  const instance = openVariant(variant);
  it.each(SPECS)('%o of %o', (options, input) => {
    const spec = preprocessSpec(options, input);
    for (const [at, photo] of PHOTOS.entries()) {
      const target: PixelTarget = { ...(TARGETS[at % TARGETS.length] ?? PLANES), size: input };
      for (const form of [{ ...PLANES, size: input }, target]) {
        const want = preprocessFor(toRgb(photo), options, form);
        const got = photoInput(instance, whole(photo), spec, form).x;
        expect([got.shape, got.dtype]).toEqual([want.shape, want.dtype]);
        const differs = want.data.findIndex((value, i) => !(value === got.data[i]));
        expect(differs, `${photo.width} x ${photo.height} x ${photo.channels}: element ${differs}`).toBe(-1);
      }
    }
  });

  it('takes photos of which a decoder gave less', () => {
    const spec = preprocessSpec({ preset: 'imagenet' });
    // 4000 x 3000 shrunk to a quarter: the proportions are those of the photo itself.
    const shrunk = { ...noise(1000, 750, 3), full: { width: 4000, height: 3000 } };
    const want = preprocess(toRgb(shrunk), { preset: 'imagenet', size: [256, 341], crop: 224 });
    expect(photoInput(instance, shrunk, spec, PLANES).x.data).toEqual(want.data);
  });

  it('refuses a crop that does not fit, and goes on', () => {
    const spec = preprocessSpec({ crop: 5 });
    expect(() => photoInput(instance, whole(noise(4, 9, 3)), spec, PLANES)).toThrow(ArgumentError);
    expect(photoInput(instance, whole(noise(5, 5, 3)), spec, PLANES).x.data).toHaveLength(75);
  });
});

it('a decoder may give no less than twice of what a photo is resized to', () => {
  expect(leastSize(preprocessSpec('imagenet'))).toEqual([512, 512]);
  expect(leastSize(preprocessSpec('caffe', [227, 300]))).toEqual([454, 600]);
  expect(leastSize(preprocessSpec({ size: [8, 9] }))).toEqual([16, 18]);
  expect(leastSize(preprocessSpec({ crop: 224 }))).toBeUndefined();
});
