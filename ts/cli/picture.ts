import { extname } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { InvalidArgumentError } from 'commander';
import { loadSharp } from '../image/sharp.node.js';
import type sharp from 'sharp';
import { fileReason } from '../bytes/file-reason.node.js';
import { ImageError } from '../entries/index.js';
import type { RgbImage } from '../entries/index.js';

type Sharp = ReturnType<typeof sharp>;

/** How a picture is written, by the extension of its file. PNG at the level that takes half the time of the default, for a quarter more bytes. */
const ENCODERS: Readonly<Record<string, (image: Sharp) => Sharp>> = {
  '.png': (image) => image.png({ compressionLevel: 1 }),
  '.jpg': (image) => image.jpeg({ quality: 90 }),
  '.jpeg': (image) => image.jpeg({ quality: 90 }),
  '.webp': (image) => image.webp({ quality: 90, effort: 1 }),
};

/** A file that a picture can be written to. @throws InvalidArgumentError for an extension that says no format */
export function pictureFile(file: string): string {
  if (encoderOf(file)) return file;
  throw new InvalidArgumentError(`Expected a file that ends in ${Object.keys(ENCODERS).join(', ')}.`);
}

function encoderOf(file: string): ((image: Sharp) => Sharp) | undefined {
  const extension = extname(file).toLowerCase();
  return Object.hasOwn(ENCODERS, extension) ? ENCODERS[extension] : undefined;
}

/** Writes a picture in the format that the file's extension says. @throws ImageError naming the file, for one that cannot be written */
export function writePicture(image: RgbImage, file: string): Promise<void> {
  return write(image, 3, file);
}

/** Writes one byte a pixel, unchanged, as a grey picture. @throws ImageError as `writePicture` */
export function writeGrey(image: RgbImage, file: string): Promise<void> {
  return write(image, 1, file);
}

async function write({ data, width, height }: RgbImage, channels: 1 | 3, file: string): Promise<void> {
  const sharp = await loadSharp(file);
  try {
    const raw = sharp(data, { raw: { width, height, channels } });
    const image = channels === 1 ? raw.toColourspace('b-w') : raw;
    await writeFile(file, await (encoderOf(file)?.(image) ?? image.png()).toBuffer());
  } catch (cause) {
    const got = fileReason(cause, {});
    throw new ImageError(`${file}: cannot write the image: ${got}`, { place: file, got, cause });
  }
}
