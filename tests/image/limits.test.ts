import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { ImageError } from '../../ts/base/errors.js';
import { decodeImage, decodePixels } from '../../ts/image/decode.node.js';
import { inspect } from '../../ts/image/header.js';
import { turned } from '../../ts/image/orientation.js';
import { Turns } from '../../ts/image/turns.js';
import { files } from './files.js';

describe('maxPixels', () => {
  for (const kind of ['png', 'jpeg', 'gif', 'webp', 'tiff', 'avif'] as const) {
    it(`holds for ${kind}, and is named`, async () => {
      const bytes = await sharp({ create: { width: 40, height: 30, channels: 3, background: 'red' } }).toFormat(kind).toBuffer();
      expect((await decodeImage(bytes, { maxPixels: 1200 })).width).toBe(40);
      const act = decodeImage(bytes, { maxPixels: 1199 });
      await expect(act).rejects.toThrow(/expected at most 1199 pixels, got 40 x 30; .*maxPixels/);
      await expect(act).rejects.toBeInstanceOf(ImageError);
    });
  }
});

/** A box of ISO/IEC 14496-12. */
function box(type: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8);
  head.write(type, 4);
  return Buffer.concat([head, body]);
}

it('the size of an AVIF is found behind what is compressed, and behind what only looks like it', () => {
  const size = Buffer.alloc(12);
  [0, 60_000, 50_000].forEach((word, i) => size.writeUInt32BE(word, 4 * i));
  const meta = box('meta', Buffer.alloc(4), box('iprp', box('ipco', box('ispe', size))));
  const head = box('ftyp', Buffer.from('avif0000'));
  for (const between of [[], [box('mdat', Buffer.alloc(100_000))], [box('free', Buffer.from('\x7f\xff\xff\xffmdat'))]]) {
    expect(() => inspect(Buffer.concat([head, ...between, meta]), 'x')).toThrow(/expected at most 50000000 pixels, got 60000 x 50000/);
  }
});

describe('BMP', () => {
  const bitmaps = files().filter(({ name }) => name.endsWith('.bmp'));

  it('holds to maxPixels', async () => {
    for (const { bytes } of bitmaps) await expect(decodeImage(bytes, { maxPixels: 4 })).rejects.toThrow(/maxPixels/);
  });

  it('is refused wherever it is cut off, and never fails otherwise', async () => {
    expect(bitmaps.length).toBeGreaterThan(10);
    for (const { bytes, name } of bitmaps) {
      for (let length = 2; length < bytes.length - 4; length += 3) {
        const outcome = await decodeImage(bytes.subarray(0, length)).catch((error: unknown) => error);
        if (!(outcome instanceof ImageError)) throw new Error(`${name}: ${length} of ${bytes.length} bytes: ${String(outcome)}`);
      }
    }
  });

  it('refuses hostile headers', async () => {
    for (const { bytes } of bitmaps) {
      for (let at = 2; at < Math.min(54, bytes.length - 4); at++) {
        const bad = Uint8Array.from(bytes);
        bad.fill(0xff, at, at + 4);
        const outcome = await decodeImage(bad, { maxPixels: 10_000 }).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(ImageError);
      }
    }
  });
});

describe('a photo that is wanted small', () => {
  const least = [20, 30] as const;

  for (let orientation = 1; orientation <= 8; orientation++) {
    it(`is upright and large enough (EXIF orientation ${orientation})`, async () => {
      const data = Buffer.from(Array.from({ length: 640 * 480 * 3 }, (_, i) => (i / 3) % 640 / 4 + (i % 3 === 2 ? i / 14400 : 0)));
      const photo = sharp(data, { raw: { width: 640, height: 480, channels: 3 } }).withMetadata({ orientation });
      const bytes = await photo.jpeg({ quality: 95 }).toBuffer();
      const small = await decodePixels(bytes, { maxPixels: 1e6, least });
      const whole = await decodePixels(bytes, { maxPixels: 1e6 });
      expect(small.full).toEqual({ width: whole.width, height: whole.height });
      expect(small.height >= least[0] && small.width >= least[1] && small.width < whole.width / 4).toBe(true);
      const like = await sharp(whole.data, { raw: { width: whole.width, height: whole.height, channels: 3 } })
        .resize(small.width, small.height, { fit: 'fill' }).raw().toBuffer();
      expect(Math.max(...like.map((v, i) => Math.abs(v - small.data[i]!)))).toBeLessThanOrEqual(6);
    });
  }

  it('is turned as EXIF says', () => {
    const image = { data: Uint8Array.of(1, 2, 3, 4, 5, 6), width: 3, height: 2, channels: 1 } as const;
    const rows = [1, 2, 3, 4, 5, 6, 7, 8].map((o) => Array.from(turned(image, o).data).join(''));
    expect(rows).toEqual(['123456', '321654', '654321', '456123', '142536', '415263', '635241', '362514']);
  });

  it.each([0, 1, 4])('is turned alike as bytes and as words, from byte %i on', (start) => {
    const [width, height] = [5, 3];
    const bytes = Uint8Array.from({ length: start + width * height * 4 }, (_, i) => i);
    for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const rgba = turned({ data: bytes.subarray(start), width, height, channels: 4 }, orientation);
      for (const c of [0, 1, 2, 3]) {
        const plane = Uint8Array.from({ length: width * height }, (_, i) => bytes[start + i * 4 + c]!);
        const expected = turned({ data: plane, width, height, channels: 1 }, orientation);
        expect([rgba.width, rgba.height]).toEqual([expected.width, expected.height]);
        expect(rgba.data.filter((_, i) => i % 4 === c)).toEqual(expected.data);
      }
    }
  });
});

it('takes what it gave, three bytes a pixel, as well as four and one', async () => {
  const rgb = { data: Uint8Array.from({ length: 18 }, (_, i) => 10 * i), width: 3, height: 2 };
  expect(await decodeImage(rgb)).toEqual(rgb);
  const rgba = Uint8Array.from({ length: 24 }, (_, i) => (i % 4 === 3 ? 255 : rgb.data[Math.floor(i / 4) * 3 + (i % 4)]!));
  expect(await decodeImage({ data: rgba, width: 3, height: 2 } as never)).toEqual(rgb);
});

it('lets one task run at a time, after failures too', async () => {
  const turns = new Turns();
  let running = 0;
  const task = async (fail: boolean): Promise<number> => {
    const now = ++running;
    await Promise.resolve();
    running--;
    if (fail) throw new Error('failed');
    return now;
  };
  const results = await Promise.allSettled([true, false, false].map((fail) => turns.take(() => task(fail))));
  expect(results.map((r) => (r.status === 'fulfilled' ? r.value : 'failed'))).toEqual(['failed', 1, 1]);
});
