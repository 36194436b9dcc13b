/** Masks as PNG files: the values as they are stored. */
import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { ArgumentError, FormatError, ImageError, UnsupportedError } from '../../ts/base/errors.js';
import { readPngLabels } from '../../ts/datasets/png.js';

interface Case {
  readonly name: string;
  readonly png: string;
  readonly width: number;
  readonly height: number;
  readonly values: readonly number[];
}

const CASES = JSON.parse(readFileSync(new URL('masks.json', import.meta.url), 'utf8')) as readonly Case[];
const bytesOf = ({ png }: Case): Uint8Array => Uint8Array.from(Buffer.from(png, 'base64'));

/** CRC-32 bit by bit. */
function crc(bytes: Uint8Array): number {
  let value = -1;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (0xedb88320 & -(value & 1));
  }
  return ~value >>> 0;
}

function chunk(name: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc(body));
  return Buffer.concat([length, body, check]);
}

/** A PNG of rows, each with its filter before it. */
function png(width: number, height: number, [depth, colour, interlace]: readonly [number, number, number], rows: Uint8Array): Uint8Array {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([depth, colour, 0, 0, interlace], 8);
  return Uint8Array.from(Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]));
}

/** In which pass of Adam7 a pixel is: the pattern as the standard draws it. */
const PATTERN = ['16462646', '77777777', '56565656', '77777777', '36463646', '77777777', '56565656', '77777777'];

/** Rows of an interlaced PNG without filters, pixel after pixel. */
function interlacedRows(values: readonly number[], width: number, height: number, depth: number): Uint8Array {
  const out: number[] = [];
  for (let pass = 1; pass <= 7; pass++) {
    for (let y = 0; y < height; y++) {
      const row = values.slice(y * width, (y + 1) * width).filter((_, x) => PATTERN[y % 8]![x % 8] === String(pass));
      if (row.length === 0) continue;
      const bits = row.map((value) => value.toString(2).padStart(depth, '0')).join('');
      out.push(0, ...(bits.padEnd(Math.ceil(bits.length / 8) * 8, '0').match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
    }
  }
  return Uint8Array.from(out);
}

describe('a PNG', () => {
  it.each(CASES)('of $name has the values that Pillow wrote', async (one) => {
    const { data, width, height } = await readPngLabels(bytesOf(one), 'mask');
    expect({ width, height, values: [...data] }).toEqual({ width: one.width, height: one.height, values: one.values });
    expect(data).toBeInstanceOf(one.name === '16 bits' ? Uint16Array : Uint8Array);
  });

  it.each([8, 16])('may use every filter of rows: %s bits', async (depth) => {
    const [width, height, back] = [11, 15, depth / 8];
    const bytes = Uint8Array.from({ length: width * height * back }, (_, i) => (i * 7919) % 251);
    const each = width * back;
    const at = (row: number, i: number): number => (row < 0 || i < 0 ? 0 : bytes[row * each + i]!);
    const guess = (row: number, i: number): number => {
      const [a, b, c] = [at(row, i - back), at(row - 1, i), at(row - 1, i - back)];
      const nearest = [a, b, c].reduce((best, value) => (Math.abs(a + b - c - value) < Math.abs(a + b - c - best) ? value : best));
      return [0, a, b, Math.floor((a + b) / 2), nearest][row % 5]!;
    };
    const rows = Array.from({ length: height }, (_, row) => [row % 5, ...Array.from({ length: each }, (_, i) => at(row, i) - guess(row, i))]);
    const { data } = await readPngLabels(png(width, height, [depth, 0, 0], Uint8Array.from(rows.flat())), 'mask');
    expect([...data]).toEqual(depth === 8 ? [...bytes] : Array.from({ length: width * height }, (_, i) => bytes[2 * i]! * 256 + bytes[2 * i + 1]!));
  });

  it('may be that of another encoder, interlaced or not', async () => {
    const values = Uint8Array.from({ length: 64 * 48 }, (_, i) => (i % 64) * 2 + Math.floor(i / 64) * 3 + ((i * 7919) % 5));
    for (const progressive of [false, true]) {
      const file = await sharp(values, { raw: { width: 64, height: 48, channels: 1 } }).toColourspace('b-w').png({ adaptiveFiltering: true, progressive }).toBuffer();
      expect([...(await readPngLabels(file, 'mask')).data]).toEqual([...values]);
    }
  });

  it.each([[1, 1, 1], [5, 3, 1], [8, 8, 2], [13, 9, 4], [3, 11, 8], [9, 10, 16]])('may be interlaced: %s x %s, %s bits', async (width, height, depth) => {
    const values = Array.from({ length: width * height }, (_, i) => (i * 7919 + 3) % 2 ** depth);
    const { data } = await readPngLabels(png(width, height, [depth, 0, 1], interlacedRows(values, width, height, depth)), 'mask');
    expect([...data]).toEqual(values);
  });

  const good = (): Uint8Array => bytesOf(CASES[3]!);
  const changed = (at: number): Uint8Array => good().map((byte, i) => (i === at ? byte ^ 1 : byte));
  const colours = (channels: 3 | 4): Promise<Uint8Array> => sharp({ create: { width: 4, height: 4, channels, background: '#f00' } }).png().toBuffer();
  const refused: [string, () => Uint8Array | Promise<Uint8Array>, typeof FormatError | typeof UnsupportedError, RegExp][] = [
    ['nothing', () => new Uint8Array(0), FormatError, /^street.png: expected a PNG file, got no bytes/],
    ['a JPEG', () => sharp({ create: { width: 4, height: 4, channels: 3, background: '#f00' } }).jpeg().toBuffer(), FormatError, /got another format; a mask of JPEG/],
    ['a changed byte', () => changed(60), FormatError, /another checksum/],
    ['a file that ends too early', () => good().slice(0, -20), FormatError, /one that ends after/],
    ['no end', () => good().slice(0, -12), FormatError, /one that ends after/],
    ['no head', () => Uint8Array.from([...good().slice(0, 8), ...good().slice(33)]), FormatError, /begins with its size/],
    ['colours', () => colours(3), UnsupportedError, /expected a PNG of grey or of a palette, got colours; save the class/],
    ['colours with alpha', () => colours(4), UnsupportedError, /colours with alpha/],
    ['indices of 16 bits', () => png(1, 1, [16, 3, 0], Uint8Array.of(0, 1, 1)), FormatError, /impossible head/],
    ['no columns', () => png(0, 1, [8, 0, 0], Uint8Array.of(0)), FormatError, /impossible head/],
    ['too few rows', () => png(2, 2, [8, 0, 0], Uint8Array.of(0, 1, 1)), FormatError, /expected 6 bytes of pixels, got 3/],
    ['more than its pixels', () => png(2, 1, [8, 0, 0], new Uint8Array(1e6)), FormatError, /unpacks to more than 3 bytes/],
    ['a filter that does not exist', () => png(2, 1, [8, 0, 0], Uint8Array.of(5, 1, 1)), FormatError, /filter 5/],
  ];
  it.each(refused)('is refused: %s', async (_, make, Class, message) => {
    const error: unknown = await readPngLabels(await make(), 'street.png').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Class);
    expect((error as Error).message).toMatch(message);
  });

  it('is refused where it is no bytes, or has no name', async () => {
    await expect(readPngLabels(null as never)).rejects.toThrow(ArgumentError);
    await expect(readPngLabels('mask.png' as never)).rejects.toThrow(/^mask: expected the bytes of a PNG file, got string/);
    await expect(readPngLabels(new Uint8Array(9))).rejects.toThrow(/^mask: expected a PNG file/);
  });

  it('of more pixels than are taken is refused before it is unpacked', async () => {
    await expect(readPngLabels(png(60_000, 60_000, [8, 0, 0], Uint8Array.of(0)), 'mask')).rejects.toThrow(ImageError);
    await expect(readPngLabels(good(), 'mask', 90)).rejects.toThrow(/expected at most 90 pixels, got 13 x 7/);
  });
});
