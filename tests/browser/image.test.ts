/// <reference types="vite/client" />
import { describe, expect, it } from 'vitest';
import { ArgumentError, ImageError } from '../../ts/base/errors.js';
import { decodeImage } from '../../ts/image/decode.web.js';
import type { ImageInput, RgbImage } from '../../ts/image/types.js';
import files from '../image/files.json';
import photos from '../image/photos.json';
import { BROWSER } from './browser.js';
import type { Browser } from './browser.js';

const urls = import.meta.glob<string>(['../image/photos/*', '../../examples/assets/photos/*'], {
  query: '?url',
  import: 'default',
  eager: true,
});

function urlOf(name: string): string {
  const found = Object.entries(urls).find(([path]) => path.endsWith(`/${name}`));
  if (!found) throw new Error(`no photo ${name}`);
  return found[1];
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

async function sha256(data: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', Uint8Array.from(data));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Levels that a browser's own decoder is off, beside what a correct one may be, and why. No script sees the file's numbers
 * there, so nothing can be done about it; 255 is another reading, of which only the size is compared.
 */
const OFF: Readonly<Record<Browser, Readonly<Record<string, readonly [levels: number, why: string]>>>> = {
  chromium: {},
  firefox: {
    ...named(['alpha.png', 'grey alpha.png', 'alpha.webp', 'v4 alpha.bmp', 'v5 alpha.bmp'], 1, 'colours are multiplied by alpha, and divided again, with rounding of its own'),
    ...named(['555.bmp', '565.bmp'], 1, 'numbers of 5 and 6 bits are widened without rounding'),
    ...named(['rle8 with a gap.bmp'], 255, 'what a run skips is transparent, hence white'),
  },
  webkit: {
    ...named(['alpha.png', 'grey alpha.png', 'alpha.webp', 'v4 alpha.bmp', 'v5 alpha.bmp'], 1, 'colours are multiplied by alpha, and divided again, with rounding of its own'),
    ...named(['555.bmp', '565.bmp'], 7, 'numbers of 5 and 6 bits are widened by zeros'),
    ...named(['rle8 with a gap.bmp'], 255, 'what a run skips is transparent, hence white'),
    ...named(['32 bit.bmp', 'v5, alpha all zero.bmp'], 255, 'the fourth byte is alpha unless it is zero everywhere, whatever the header says'),
    ...named(['wide gamut.jpg', 'wide gamut.png'], 255, "colour profiles are applied: createImageBitmap does nothing for colorSpaceConversion: 'none'"),
  },
};

/** Pictures that a browser does not turn as EXIF says, by `createImageBitmap`, which tells nobody: WebKit turns JPEG alone. */
const LYING: Readonly<Record<Browser, readonly string[]>> = { chromium: [], firefox: [], webkit: ['orientation 6.png'] };

function named(names: readonly string[], levels: number, why: string): Record<string, readonly [number, string]> {
  return Object.fromEntries(names.map((name) => [name, [levels, why] as const]));
}

describe('decodeImage in a browser', () => {
  for (const file of files) {
    const [levels, why] = OFF[BROWSER][file.name] ?? [file.tolerance, ''];
    it(`reads ${file.name} as Node and Pillow do${why && `, but ${why}`}`, async () => {
      const got = await decodeImage(bytesOf(file.bytes));
      if (LYING[BROWSER].includes(file.name)) return expect([got.height, got.width]).toEqual([file.width, file.height]);
      expect([got.width, got.height]).toEqual([file.width, file.height]);
      const want = bytesOf(file.rgb);
      const worst = Math.max(...got.data.map((v, i) => Math.abs(v - want[i]!)));
      if (!(worst <= levels)) throw new Error(`${worst} levels apart, ${levels} allowed`);
    });
  }

  for (const photo of photos) {
    it(`reads ${photo.name} bit for bit as Node does`, async () => {
      const { data, width, height } = await decodeImage(urlOf(photo.name));
      expect({ name: photo.name, width, height, sha256: await sha256(data) }).toEqual(photo);
    });
  }

  it('takes Blob, ImageBitmap, ImageData, canvases, and elements, and gives the same', async () => {
    const blob = await (await fetch(urlOf('chelsea.png'))).blob();
    const image = new Image();
    image.src = urlOf('chelsea.png');
    await image.decode();
    const offscreen = new OffscreenCanvas(451, 300);
    const canvas = Object.assign(document.createElement('canvas'), { width: 451, height: 300 });
    offscreen.getContext('2d')?.drawImage(image, 0, 0);
    canvas.getContext('2d')?.drawImage(image, 0, 0);
    const pixels = offscreen.getContext('2d')?.getImageData(0, 0, 451, 300);
    const bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none' });
    const want = await decodeImage(blob);
    for (const input of [await blob.arrayBuffer(), bitmap, offscreen, canvas, image, pixels]) {
      const got: RgbImage = await decodeImage(input as ImageInput);
      expect([got.width, got.height]).toEqual([want.width, want.height]);
      const worst = got.data.reduce((most, v, i) => Math.max(most, Math.abs(v - want.data[i]!)), 0);
      expect(worst).toBe(0);
    }
    expect(bitmap.width).toBe(451); // a bitmap that was handed in stays open
  });

  it('says what is wrong with what is no image', async () => {
    const cat = new Uint8Array(await (await fetch(urlOf('chelsea.png'))).arrayBuffer());
    const bad: [ImageInput, RegExp][] = [
      [new Blob([]), /expected an image, got 0 bytes/],
      [new File(['<!doctype html>'], 'page.png'), /page\.png: expected an image, got a file that starts like an HTML page/],
      [cat.subarray(0, 30), /^image: expected a whole image, got a PNG that is cut off or damaged; get the file again, whole/],
      [new File([cat.subarray(0, 30)], 'cat.png'), /^cat\.png: expected a whole image, got a PNG/],
      ['/no/such/photo.png?missing', /photo\.png/],
    ];
    for (const [input, message] of bad) {
      await expect(decodeImage(input)).rejects.toThrow(message);
      await expect(decodeImage(input)).rejects.toBeInstanceOf(ImageError);
    }
    await expect(decodeImage(5 as unknown as ImageInput)).rejects.toBeInstanceOf(ArgumentError);
  });
});
