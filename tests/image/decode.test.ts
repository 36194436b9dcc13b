import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ArgumentError, ImageError } from '../../ts/base/errors.js';
import { decodeImage } from '../../ts/image/decode.node.js';
import { toRgb } from '../../ts/image/pixels.js';
import type { ImageInput } from '../../ts/image/types.js';
import { photoPath, photos } from './expected.js';
import { files } from './files.js';

const cat = readFileSync(photoPath('chelsea.png'));
const dog = readFileSync(photoPath('dog.jpg'));

describe('decodeImage', () => {
  for (const file of files()) {
    it(`reads ${file.name} as Pillow does`, async () => {
      const got = await decodeImage(file.bytes);
      expect([got.width, got.height]).toEqual([file.width, file.height]);
      const worst = Math.max(...got.data.map((v, i) => Math.abs(v - file.rgb[i]!)));
      if (!(worst <= file.tolerance)) throw new Error(`${worst} levels apart, ${file.tolerance} allowed`);
    });
  }

  it('reads the six photos to the pixels of Pillow, every one', async () => {
    expect(photos.length).toBe(6);
    for (const photo of photos) {
      const { data, width, height } = await decodeImage(photoPath(photo.name));
      expect({ name: photo.name, width, height, sha256: createHash('sha256').update(data).digest('hex') }).toEqual(photo);
    }
  });

  it('takes a path, a file URL, bytes at an offset, an ArrayBuffer and a Blob, and gives the same', async () => {
    const shifted = new Uint8Array(cat.length + 3);
    shifted.set(cat, 3);
    const buffer = new Uint8Array(cat).buffer;
    const path = photoPath('chelsea.png');
    const inputs: ImageInput[] = [path, new URL(`file://${path}`), `file://${path}`, shifted.subarray(3), buffer, new Blob([buffer])];
    const images = await Promise.all(inputs.map((input) => decodeImage(input)));
    for (const image of images) expect(Buffer.compare(image.data, images[0]!.data)).toBe(0);
    expect([images[0]?.width, images[0]?.height]).toEqual([451, 300]);
  });

  it('takes raw pixels and ImageData without a decoder', async () => {
    const data = Uint8ClampedArray.of(10, 20, 30, 255, 10, 20, 30, 0);
    expect(await decodeImage({ data, width: 2, height: 1 } as ImageData)).toEqual({
      data: Uint8Array.of(10, 20, 30, 255, 255, 255),
      width: 2,
      height: 1,
    });
    expect((await decodeImage({ data: Uint8Array.of(7, 9), width: 1, height: 2, channels: 1 })).data).toEqual(
      Uint8Array.of(7, 7, 7, 9, 9, 9),
    );
  });

  it('says what is wrong with bytes that are no image', async () => {
    const text = (s: string): Uint8Array => new TextEncoder().encode(s);
    const huge = Uint8Array.from(cat.subarray(0, 200));
    new DataView(huge.buffer).setUint32(16, 60000);
    new DataView(huge.buffer).setUint32(20, 60000);
    const none = Uint8Array.from(cat);
    new DataView(none.buffer).setUint32(16, 0);
    const bad: [ImageInput, RegExp][] = [
      [new Uint8Array(0), /expected an image, got 0 bytes/],
      [new Blob([]), /expected an image, got 0 bytes/],
      [text('<!DOCTYPE html><title>404</title>'), /expected an image, got a file that starts like an HTML page/],
      [text('{"error": 1}'), /JSON/],
      [Uint8Array.of(1, 2, 3), /expected an image, got 3 bytes of another kind/],
      [cat.subarray(0, cat.length >> 1), /^image: expected a whole image, got a PNG that is cut off or damaged \(the decoder: .*\); get the file again, whole/],
      [dog.subarray(0, dog.length >> 1), /got a JPEG that is cut off or damaged \(the decoder: premature end of JPEG image\); get the file again/],
      [cat.subarray(0, 30), /expected a whole image/],
      [dog.subarray(0, 20), /expected a whole image/],
      [huge, /expected at most 50000000 pixels, got 60000 x 60000/],
      [none, /at least 1 pixel, got 0 x 300/],
      ['no/such/photo.png', /no\/such\/photo\.png: the image cannot be read \(no such file/],
      [import.meta.dirname, /a folder/],
    ];
    for (const [input, message] of bad) {
      const act = decodeImage(input);
      await expect(act).rejects.toThrow(message);
      await expect(act).rejects.toBeInstanceOf(ImageError);
    }
  });

  it('names the file in the error', async () => {
    const path = new URL('./files.json', import.meta.url);
    await expect(decodeImage(path)).rejects.toMatchObject({ code: 'image', place: path.href });
  });

  it('refuses other kinds of input, saying what it takes', async () => {
    for (const input of [null, undefined, 5, {}, [1], new Float32Array(3)]) {
      await expect(decodeImage(input as unknown as ImageInput)).rejects.toBeInstanceOf(ArgumentError);
    }
  });
});

describe('toRgb', () => {
  it('lays alpha over white', () => {
    const rgba = (...data: number[]): number[] => Array.from(toRgb({ data: Uint8Array.from(data), width: 1, height: 1, channels: 4 }).data);
    expect(rgba(0, 100, 255, 0)).toEqual([255, 255, 255]);
    expect(rgba(0, 100, 255, 255)).toEqual([0, 100, 255]);
    expect(rgba(0, 100, 255, 128)).toEqual([127, 177, 255]);
  });

  it('refuses sizes that do not fit the buffer', () => {
    const image = (length: number, width: number, height: number, channels: number): unknown =>
      toRgb({ data: new Uint8Array(length), width, height, channels: channels as 3 });
    expect(() => image(11, 2, 2, 3)).toThrow(/expected 12 bytes for 2 x 2 x 3, got 11 bytes/);
    expect(() => image(0, 0, 2, 3)).toThrow(ImageError);
    expect(() => image(8, 2, 2, 2)).toThrow(/1, 3 or 4 channels, got 2/);
    expect(() => image(3, NaN, 1, 3)).toThrow(ImageError);
    expect(() => image(3, 1e6, 1e6, 3)).toThrow(/expected at most \d+ pixels/);
  });
});

describe('without the package sharp', () => {
  afterEach(() => {
    vi.doUnmock('sharp');
    vi.resetModules();
  });

  it('says how to get it, and still takes raw pixels', async () => {
    vi.resetModules();
    vi.doMock('sharp', () => {
      throw new Error("Cannot find package 'sharp'");
    });
    const { decodeImage: decode } = await import('../../ts/image/decode.node.js');
    await expect(decode(cat)).rejects.toMatchObject({ code: 'image', hint: 'npm install sharp' });
    expect((await decode({ data: Uint8Array.of(1, 2, 3), width: 1, height: 1, channels: 3 })).width).toBe(1);
  });
});
