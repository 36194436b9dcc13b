/** Where photos come from on the command line. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listed } from '../../ts/cli/output.js';
import { classList, share, task } from '../../ts/cli/arguments.js';
import { expectApart, pictureTarget, targetOf } from '../../ts/cli/each-photo.js';
import { framesOf } from '../../ts/cli/frames.js';
import { photosOf } from '../../ts/cli/photos.js';
import { photoPath } from '../image/expected.js';

const folder = mkdtempSync(join(tmpdir(), 'receptive-photos-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe('frames', () => {
  let frames: Buffer[] = [];
  beforeAll(async () => {
    const [dog, cat] = [readFileSync(photoPath('dog.jpg')), await sharp(photoPath('chelsea.png')).resize(40).png().toBuffer()];
    const progressive = await sharp(photoPath('dog.jpg')).resize(60).jpeg({ progressive: true }).toBuffer();
    frames = [cat, dog, progressive, cat];
  });

  it.each([1 << 20, 4096, 997])('of both formats are told apart in pieces of %i bytes', async (size) => {
    const got = await all(framesOf(pieces(Buffer.concat(frames), size)));
    expect(got.map((one) => (typeof one === 'string' ? one : Buffer.from(one).equals(frames[got.indexOf(one)]!)))).toEqual([true, true, true, true]);
  });

  it('come as soon as their last byte is there', async () => {
    const given: string[] = [];
    async function* slowly(): AsyncGenerator<Uint8Array> {
      for (const frame of [frames[0]!, frames[2]!]) {
        given.push('sent');
        yield await Promise.resolve(frame);
      }
    }
    for await (const one of framesOf(slowly())) given.push(`${one.length}`);
    expect(given).toEqual(['sent', `${frames[0]!.length}`, 'sent', `${frames[2]!.length}`]);
  });

  it('that break off, or are none, are refused', async () => {
    await expect(all(framesOf(pieces(frames[1]!.subarray(0, 5000), 999)))).rejects.toThrow(/a whole frame, got one that breaks off after 5000 bytes/);
    await expect(all(framesOf(pieces(Buffer.concat([frames[0]!, Buffer.from('words')]), 99)))).rejects.toThrow(/expected PNG or JPEG, got bytes 776f7264/);
  });

  it('never hang on damaged bytes', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), fc.boolean(), async (tail, png) => {
      const start = png ? [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10] : [0xff, 0xd8, 0xff];
      await all(framesOf(pieces(Uint8Array.of(...start, ...tail), 7))).catch((error: unknown) => expect(error).toMatchObject({ code: 'format' }));
    }), { numRuns: 300 });
  });

  it('may be lines of text, the last without an end', async () => {
    expect(await all(framesOf(pieces(Buffer.from('a.jpg\r\n\n  b c.png \nhttps://x/d.jpg'), 3)))).toEqual(['a.jpg', 'b c.png', 'https://x/d.jpg']);
    expect(await all(framesOf(pieces(Buffer.from('x'), 1)))).toEqual(['x']);
    expect(await all(framesOf(pieces(new Uint8Array(0), 1)))).toEqual([]);
  });
});

describe('photos', () => {
  const names = async (...args: string[]): Promise<string[]> => (await all(photosOf(args, pieces(Buffer.from('one.png\n'), 9)))).map(({ name }) => name);
  beforeAll(() => {
    mkdirSync(join(folder, 'some', 'deep'), { recursive: true });
    mkdirSync(join(folder, 'none'));
    for (const name of ['some/b.JPG', 'some/a.png', 'some/notes.txt', 'some/deep/c.jpg', '[odd].png']) writeFileSync(join(folder, name), '');
  });

  it('are files as they are, those of a folder, those that fit a pattern, and lines that come', async () => {
    const at = (name: string): string => join(folder, name);
    expect(await names(at('missing.jpg'), 'https://x/y.jpg?z=*')).toEqual([at('missing.jpg'), 'https://x/y.jpg?z=*']);
    expect(await names(at('some'))).toEqual([at('some/a.png'), at('some/b.JPG')]);
    expect(await names(at('some/**/*.jpg'))).toEqual([at('some/deep/c.jpg')]);
    expect(await names(at('some/{a,b}.*'))).toEqual([at('some/a.png'), at('some/b.JPG')]);
    expect(await names(at('[odd].png'), '-')).toEqual([at('[odd].png'), 'one.png']);
  });

  it('are missed where nothing comes', async () => {
    for (const nothing of ['', '\n\n']) await expect(all(photosOf(['-'], pieces(Buffer.from(nothing), 9)))).rejects.toThrow(/standard input: expected frames .*, got nothing/);
  });

  it('become pictures of the formats that there are, transparent where that is asked for', () => {
    for (const name of ['boxes.gif', 'out.txt', 'out', 'out.png.bak']) expect(() => pictureTarget(join(folder, name))).toThrow(/a file that ends in \.png, \.jpg, \.jpeg, \.webp, got/);
    for (const name of ['a.PNG', 'a.jpg', 'a.jpeg', 'a.webp', 'v1.2/']) pictureTarget(join(folder, name));
    expect(() => pictureTarget(join(folder, 'soft.jpg'), { alpha: true })).toThrow(/ends in \.png, \.webp, got \.jpg, which keeps no transparency/);
    pictureTarget(join(folder, 'soft.webp'), { alpha: true });
  });

  it('become no picture over a mask', () => {
    const at = (name: string): string => join(folder, name);
    expect(() => expectApart(at('same.png'), `${folder}/./same.png`)).toThrow(/--mask: .*: expected another place than that of --output, got the same/);
    expect(() => expectApart(at('some'), `${at('some')}/`)).toThrow(/expected another place/);
    expectApart(at('a.png'), at('b.png'));
    expectApart(undefined, at('b.png'));
  });

  it('are missed in a folder without any, and by a pattern that fits none', async () => {
    await expect(names(join(folder, 'none'))).rejects.toThrow(/expected photos \(\.jpg, .*\), got none/);
    await expect(names(join(folder, '*.jpg'))).rejects.toThrow(/expected a pattern that fits a file/);
  });

  it('become pictures in a file, or in a folder, never one over another', () => {
    const one = targetOf(join(folder, 'out.png'));
    expect(one({ name: 'a.jpg', image: 'a.jpg' })).toBe(join(folder, 'out.png'));
    expect(() => one({ name: 'b.jpg', image: 'b.jpg' })).toThrow(/one photo for a file, got another; name a folder/);
    const many = targetOf(`${join(folder, 'new')}/`);
    expect(many({ name: 'x/a.jpg', image: 'x/a.jpg' })).toBe(join(folder, 'new', 'a.png'));
    expect(many({ name: 'frame 1', image: new Uint8Array(1) })).toBe(join(folder, 'new', 'frame-1.png'));
    expect(() => many({ name: 'y/a.png', image: 'y/a.png' })).toThrow(/two photos have this name/);
    const own = join(folder, 'some', 'a.png');
    expect(() => targetOf(own)({ name: own, image: own })).toThrow(/other than those that are read/);
  });
});

it('arguments', () => {
  expect(classList('dog, 3,"7"')).toEqual(['dog', 3, '7']);
  expect(classList('"coach, yellow", "a, b",3')).toEqual(['coach, yellow', 'a, b', 3]);
  expect(listed(['a', 'b, c', 'say "d"'])).toBe('a, "b, c", "say \\"d\\""');
  expect(listed(['a', 'b, c', 'd'], 2)).toBe('a, "b, c" and 1 more');
  expect(() => classList('dog,,cat')).toThrow(/with commas between/);
  expect([share('0'), share('.25'), share('1')]).toEqual([0, 0.25, 1]);
  for (const bad of ['1.1', '-1', 'x', '', '1e-1']) expect(() => share(bad)).toThrow(/from 0 to 1/);
  expect(task('{"kind":"segment"}')).toEqual({ kind: 'segment' });
  expect(task('detection')).toBe('detection');
  expect(() => task('{kind')).toThrow(/as JSON/);
});
