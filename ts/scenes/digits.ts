import { DtypeError, FormatError, ShapeError } from '../base/errors.js';
import { showShape, showValue, typeName } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import { contentOf } from '../train/data/bytes.js';
import type { FileContent } from '../train/data/bytes.js';
import { readIdx } from '../train/data/idx.js';

/** Handwritten digits, of which scenes are made. */
export interface Digits {
  /** 0 is paper, 255 ink, [N, height, width]. */
  readonly images: Uint8Array;
  /** 0 to 9, [N]. */
  readonly labels: Uint8Array;
  /** Pixels of a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/**
 * Digits of two IDX files as those of MNIST (LeCun, Cortes and Burges 1998), gzip files too.
 * @throws FormatError for a file that is none, or ends too early, or is of another type than bytes; ShapeError for other dimensions;
 *   ArgumentError for a label that is no digit, an image without ink, or no digits at all
 */
export async function readDigits(images: FileContent, labels: FileContent): Promise<Digits> {
  const [x, y] = await Promise.all([bytesIn('images', images), bytesIn('labels', labels)]);
  if (x.shape.length !== 3) wrong('images', 'dimensions [N, H, W]', showShape(x.shape), { as: ShapeError });
  if (y.shape.length !== 1) wrong('labels', 'one dimension [N]', showShape(y.shape), { as: ShapeError });
  const digits = { images: x.data, labels: y.data, width: x.shape[2]!, height: x.shape[1]! };
  inksOf('readDigits', digits);
  return digits;
}

async function bytesIn(place: string, file: FileContent): Promise<{ readonly shape: readonly number[]; readonly data: Uint8Array }> {
  const { shape, data } = readIdx(await contentOf(place, file), place);
  return data instanceof Uint8Array ? { shape, data } : wrong(place, 'bytes', typeName(data), { as: FormatError });
}

/** Less ink is paper. */
const MIN_INK = 64;

/** Where the ink of each digit is: left, top, right, bottom, the last two behind it. */
export type Inks = Uint16Array;

const known = new WeakMap<Digits, Inks>();

/**
 * The places of the ink of all digits; found once for the same digits.
 * @throws ArgumentError, DtypeError or ShapeError naming what is wrong with them
 */
export function inksOf(place: string, digits: Digits): Inks {
  if (typeof digits !== 'object' || digits === null) wrong(`${place}: digits`, 'digits { images, labels, width, height }, as readDigits gives', showValue(digits));
  const found = known.get(digits);
  if (found) return found;
  expectDigits(`${place}: digits`, digits);
  const { labels, width, height, images } = digits;
  const inks = new Uint16Array(4 * labels.length);
  for (let i = 0; i < labels.length; i++) {
    const image = images.subarray(i * width * height, (i + 1) * width * height);
    if (!findInk(image, width, inks.subarray(4 * i, 4 * i + 4))) wrong(`${place}: digits: image ${i}`, 'ink', 'none', { hint: 'ink is 255, paper 0' });
  }
  known.set(digits, inks);
  return inks;
}

function expectDigits(place: string, { images, labels, width, height }: Digits): void {
  if (!(images instanceof Uint8Array)) wrong(`${place}.images`, 'a Uint8Array', showValue(images), { as: DtypeError });
  if (!(labels instanceof Uint8Array)) wrong(`${place}.labels`, 'a Uint8Array', showValue(labels), { as: DtypeError });
  for (const [name, side] of Object.entries({ width, height })) {
    if (!(Number.isSafeInteger(side) && side >= 1 && side < 65_536)) wrong(`${place}.${name}`, 'a whole number of pixels from 1 on', showValue(side));
  }
  if (labels.length === 0) wrong(place, 'at least one digit', 'none');
  const length = labels.length * width * height;
  if (images.length !== length) wrong(`${place}.images`, `${length} bytes, for ${labels.length} labels`, String(images.length), { as: ShapeError });
  const odd = labels.findIndex((label) => label > 9);
  if (odd >= 0) wrong(`${place}.labels[${odd}]`, 'a digit from 0 to 9', String(labels[odd]));
}

function findInk(image: Uint8Array, width: number, ink: Uint16Array): boolean {
  let [left, top, right, bottom] = [Infinity, Infinity, 0, 0];
  for (let y = 0, at = 0; at < image.length; y++) {
    for (let x = 0; x < width; x++, at++) {
      if (image[at]! < MIN_INK) continue;
      [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
      [top, bottom] = [Math.min(top, y), y + 1];
    }
  }
  if (right === 0) return false;
  ink.set([left, top, right, bottom]);
  return true;
}
