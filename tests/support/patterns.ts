/** Images by class that are easy to tell apart, as the files that `receptive train` reads. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { seededRandom } from '../../ts/train/data/random.js';

const SIDE = 28;

export interface Patterns {
  /** Row by row, one after the other. */
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

/** Images of 28 x 28: the class says which of ten rows of blocks is bright, noise is everywhere. */
export function patterns(length: number, classes = 10, seed = 1): Patterns {
  const noise = seededRandom(seed).uniforms(0, 0, length * SIDE * SIDE);
  const labels = Uint8Array.from({ length }, (_, i) => i % classes);
  const pixels = Uint8Array.from(noise, (value, at) => {
    const [image, y, x] = [Math.floor(at / SIDE ** 2), Math.floor(at / SIDE) % SIDE, at % SIDE];
    const [row, column] = [labels[image]! % 5, Math.floor(labels[image]! / 5)];
    const bright = Math.floor((y - 2) / 5) === row && Math.floor(x / 14) === column;
    return (bright ? 180 : 0) + 75 * value;
  });
  return { pixels, labels };
}

/** An IDX file of bytes. */
export function idx(data: Uint8Array, shape: readonly number[]): Buffer {
  const head = Buffer.from([0, 0, 8, shape.length, ...shape.flatMap((dim) => [dim >>> 24, (dim >>> 16) & 255, (dim >>> 8) & 255, dim & 255])]);
  return Buffer.concat([head, data]);
}

/** Writes a folder of IDX files as those of MNIST are called; test images as well, if there are to be some. */
export function writeIdx(folder: string, train: Patterns, test?: Patterns): string {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, { pixels, labels }: Patterns): void => {
    writeFileSync(join(folder, `${name}-images-idx3-ubyte`), idx(pixels, [labels.length, SIDE, SIDE]));
    writeFileSync(join(folder, `${name}-labels-idx1-ubyte.gz`), gzipSync(idx(labels, [labels.length])));
  };
  write('train', train);
  if (test) write('t10k', test);
  return folder;
}

/** Writes one image as PNG. */
export async function writePattern(file: string, { pixels }: Patterns, image: number): Promise<string> {
  await sharp(pixels.subarray(image * SIDE ** 2, (image + 1) * SIDE ** 2), { raw: { width: SIDE, height: SIDE, channels: 1 } }).png().toFile(file);
  return file;
}

/** Writes a folder of photos for each class, each of one colour with some noise. */
export async function writePhotos(folder: string, colours: Readonly<Record<string, readonly [number, number, number]>>, each: number, side = 40): Promise<string> {
  for (const [seed, [name, colour]] of Object.entries(colours).entries()) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let i = 0; i < each; i++) {
      const noise = seededRandom(seed).uniforms(0, i, side * side * 3);
      const data = Uint8Array.from(noise, (value, at) => colour[at % 3]! * (0.6 + 0.4 * value));
      await sharp(data, { raw: { width: side, height: side, channels: 3 } }).png().toFile(join(folder, name, `${i}.png`));
    }
  }
  return folder;
}
