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
export async function writePicture({ data, width, height }: RgbImage, file: string): Promise<void> {
  const sharp = await loadSharp(file);
  try {
    const image = sharp(data, { raw: { width, height, channels: 3 } });
    await writeFile(file, await (encoderOf(file)?.(image) ?? image.png()).toBuffer());
  } catch (cause) {
    const got = fileReason(cause, {});
    throw new ImageError(`${file}: cannot write the image: ${got}`, { place: file, got, cause });
  }
}
