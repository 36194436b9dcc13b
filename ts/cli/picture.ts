import { extname } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { loadSharp } from '../image/sharp.node.js';
import type sharp from 'sharp';
import { fileReason } from '../bytes/file-reason.node.js';
import { ImageError } from '../entries/index.js';
import type { Mask, RawImage, RgbImage } from '../entries/index.js';
import { writeWhole } from './train/whole-file.js';
import { failed } from '../base/wrong.js';

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

/** Whether the format that a file's extension says keeps how opaque pixels are. */
export function keepsAlpha(file: string): boolean {
  return !/\.jpe?g$/i.test(file);
}

/** Extensions of files that a picture can be written to. */
export const PICTURE_EXTENSIONS: readonly string[] = Object.keys(ENCODERS);

function encoderOf(file: string): ((image: Sharp) => Sharp) | undefined {
  const extension = extname(file).toLowerCase();
  return Object.hasOwn(ENCODERS, extension) ? ENCODERS[extension] : undefined;
}

/**
 * Writes a picture, whole or not at all, in the format that the file's extension says.
 * @throws ImageError naming the file, for one that cannot be written
 */
export async function writePicture(image: RgbImage | RawImage, file: string): Promise<void> {
  const { data, width, height } = image;
  await writeEncoded(file, (sharp) => {
    const raw = sharp(data, { raw: { width, height, channels: 'channels' in image ? image.channels : 3 } });
    return encoderOf(file)?.(raw) ?? raw.png();
  });
}

/** Writes numbers of pixels as a grey PNG, of 16 bits where classes are more than 256. @throws ImageError as `writePicture` */
export async function writeMask({ data, width, height }: Mask, file: string): Promise<void> {
  const space = data instanceof Uint8Array ? 'b-w' : 'grey16';
  await writeEncoded(file, (sharp) => sharp(data, { raw: { width, height, channels: 1 } }).toColourspace(space).png());
}

async function writeEncoded(file: string, encode: (make: typeof sharp) => Sharp): Promise<void> {
  const make = await loadSharp(file);
  try {
    writeWhole(file, await encode(make).toBuffer());
  } catch (cause) {
    const got = fileReason(cause instanceof Error && cause.cause !== undefined ? cause.cause : cause, {});
    failed(file, 'the image cannot be written', got, { as: ImageError, cause });
  }
}
