import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ArgumentError, ImageError } from '../../ts/base/errors.js';
import { resize } from '../../ts/image/resize.js';
import type { ResizeFilter, RgbImage } from '../../ts/image/types.js';

interface Case {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly filter: ResizeFilter;
  readonly extreme: boolean;
  readonly rgb: string;
}

const cases = JSON.parse(readFileSync(new URL('./resize.json', import.meta.url), 'utf8')) as Case[];

/** The recurrence of tests/image/make_fixtures.py. */
function noise(width: number, height: number, extreme = false): RgbImage {
  let x = 1;
  const data = Uint8Array.from({ length: width * height * 3 }, () => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    const byte = x >>> 24;
    return extreme ? (byte > 127 ? 255 : 0) : byte;
  });
  return { data, width, height };
}

describe('resize', () => {
  it('gives the pixels of Pillow, every one', () => {
    expect(cases.length).toBeGreaterThan(50);
    const wrong = cases.filter((c) => {
      const out = resize(noise(...c.from, c.extreme), ...c.to, c.filter);
      return out.width !== c.to[0] || out.height !== c.to[1] || Buffer.from(out.data).toString('base64') !== c.rgb;
    });
    expect(wrong.map((c) => `${c.filter} ${c.from.join('x')} -> ${c.to.join('x')}`)).toEqual([]);
  });

  it('keeps a flat image flat, whatever the size', () => {
    const flat = { data: new Uint8Array(7 * 5 * 3).fill(201), width: 7, height: 5 };
    for (const filter of ['bilinear', 'bicubic'] as const) {
      for (const [w, h] of [[1, 1], [3, 11], [50, 2]] as const) {
        expect(new Set(resize(flat, w, h, filter).data)).toEqual(new Set([201]));
      }
    }
  });

  it('leaves its argument alone and never shares memory with it', () => {
    const image = noise(9, 6);
    const before = image.data.slice();
    const same = resize(image, 9, 6);
    resize(image, 4, 4, 'bicubic');
    expect(image.data).toEqual(before);
    expect(same.data).toEqual(before);
    expect(same.data.buffer).not.toBe(image.data.buffer);
  });

  it('reads through a view that starts inside its buffer', () => {
    const image = noise(8, 8);
    const shifted = new Uint8Array(image.data.length + 5);
    shifted.set(image.data, 5);
    expect(resize({ ...image, data: shifted.subarray(5) }, 3, 5).data).toEqual(resize(image, 3, 5).data);
  });

  it('refuses impossible targets and filters', () => {
    const image = noise(4, 4);
    for (const [w, h] of [[0, 4], [4, -1], [NaN, 4], [1.5, 4], [Infinity, 1]] as const) {
      expect(() => resize(image, w, h)).toThrow(ArgumentError);
    }
    expect(() => resize(image, 2, 2, 'lanczos' as ResizeFilter)).toThrow(/bilinear or bicubic, got "lanczos"/);
    expect(() => resize(image, 2, 2, 'toString' as ResizeFilter)).toThrow(ArgumentError);
    expect(() => resize(image, 60000, 60000)).toThrow(ImageError);
  });
});
