/** What is read of a JPEG header here is what libvips reads of it, or nothing. */
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { jpegHeader } from '../../ts/image/jpeg-header.js';
import { photoPath, photos } from '../image/expected.js';

const pixels = { create: { width: 61, height: 33, channels: 3, background: '#a06040' } } as const;

/** What sharp says; undefined where it refuses the file. */
async function said(bytes: Uint8Array): Promise<unknown> {
  try {
    const { format, space, width, height, orientation = 1 } = await sharp(bytes).metadata();
    return { format, inks: space === 'cmyk', width, height, orientation };
  } catch {
    return undefined;
  }
}

async function agrees(bytes: Uint8Array): Promise<boolean> {
  const [header, wanted] = [jpegHeader(bytes), await said(bytes)];
  if (header && wanted) expect({ format: 'jpeg', inks: false, ...header }).toEqual(wanted);
  return header !== undefined;
}

describe('the header of a JPEG', () => {
  const made: Uint8Array[] = [];
  beforeAll(async () => {
    for (let orientation = 1; orientation <= 8; orientation++) {
      made.push(await sharp(pixels).withMetadata({ orientation }).jpeg({ progressive: orientation % 2 === 0 }).toBuffer());
    }
    made.push(await sharp(pixels).jpeg().toBuffer(), await sharp(pixels).greyscale().jpeg().toBuffer());
  });

  it('is read of photos of every orientation, and of the photos of the tests', async () => {
    for (const bytes of made) expect(await agrees(bytes)).toBe(true);
    const own = photos.map(({ name }) => readFileSync(photoPath(name)));
    for (const bytes of own) await agrees(bytes);
  });

  it('is left to the decoder where it has four inks, is cut off, or is none', async () => {
    const inks = await sharp(pixels).toColourspace('cmyk').jpeg().toBuffer();
    expect(jpegHeader(inks)).toBeUndefined();
    const [bytes = new Uint8Array()] = made;
    const scan = bytes.findIndex((byte, at) => byte === 0xff && bytes[at + 1] === 0xda);
    for (let length = 0; length < scan + 2; length++) expect(jpegHeader(bytes.subarray(0, length))).toBeUndefined();
    expect(jpegHeader(await sharp(pixels).png().toBuffer())).toBeUndefined();
  });

  it('is never another than the one libvips reads, whatever byte is wrong', async () => {
    let state = 7;
    const next = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    let read = 0;
    for (let i = 0; i < 600; i++) {
      const bytes = Uint8Array.from(made[next(made.length)]!);
      const small = next(2) === 0;
      bytes[next(Math.min(bytes.length, 400))] = next(small ? 10 : 256);
      if (await agrees(bytes)) read += 1;
    }
    expect(read).toBeGreaterThan(100);
  });
});
