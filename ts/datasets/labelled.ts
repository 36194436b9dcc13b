import { FormatError, ImageError, ReceptiveError, retold } from '../base/errors.js';
import { expectObject } from '../base/given.js';
import { showValue } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import { decodeImage } from '../image/decode.platform.js';
import type { DecodeOptions, ImageInput, RgbImage } from '../image/types.js';
import type { Box } from '../metrics/box.js';
import type { ImageId, TrueBox } from '../metrics/coco.js';

/** An object on a photo. It may reach up to a pixel beyond the photo, as files have it. */
export interface LabelledBox extends TrueBox {
  /** Whether it is a group that nobody counted. */
  readonly crowd: boolean;
  /** In pixels: as the file says, else that of its mask or box. */
  readonly area: number;
}

/** The class of each pixel. */
export interface LabelMask {
  /** width * height classes, rows from the top. */
  readonly data: Uint8Array | Uint16Array;
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** A photo, and what is on it. */
export interface LabelledImage {
  /** By what the data set knows it: COCO's number, else its name. */
  readonly id: ImageId;
  /** Of the file. */
  readonly name: string;
  /** Upright. */
  readonly image: RgbImage;
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Objects, in the order of the file; none in data sets of masks. */
  readonly boxes: readonly LabelledBox[];
  /** The class of each pixel, in data sets of masks. */
  readonly mask?: LabelMask | undefined;
}

/** Photos with what is on them. Photos are decoded when they are asked for, and not kept. */
export interface LabelledDataset extends AsyncIterable<LabelledImage> {
  /** Number of photos. */
  readonly length: number;
  /** Names of the classes, by index. */
  readonly classes: readonly string[];
  /** The class of pixels that nobody labelled, in data sets of masks. */
  readonly ignore?: number | undefined;
  /**
   * One of the photos.
   * @throws ArgumentError for an index that no photo has; ImageError naming a photo that cannot be read, or has another size than its
   *   labels; FormatError naming labels that do not fit it
   */
  get(index: number): Promise<LabelledImage>;
}

/** What a data set has by index, photo after photo. */
export abstract class Labelled implements LabelledDataset {
  abstract readonly length: number;
  abstract readonly classes: readonly string[];
  abstract get(index: number): Promise<LabelledImage>;

  /** All photos once, in order. */
  async *[Symbol.asyncIterator](): AsyncGenerator<LabelledImage, void, undefined> {
    for (let i = 0; i < this.length; i++) yield await this.get(i);
  }
}

/** @throws ArgumentError for an index that no photo has */
export function expectIndex(index: number, length: number): void {
  if (!(Number.isSafeInteger(index) && index >= 0 && index < length)) wrong('get: index', `a photo from 0 to ${length - 1}`, showValue(index));
}

/** @throws ArgumentError for what are no names, each once */
export function expectNames(place: string, classes: unknown): asserts classes is readonly string[] {
  if (!Array.isArray(classes) || classes.length === 0) wrong(`${place}: classes`, 'names of the classes, by index', showValue(classes));
  const names: readonly unknown[] = classes;
  names.forEach((name, i) => {
    if (typeof name !== 'string' || name === '') wrong(`${place}: classes`, 'names', `${showValue(name)} at ${i}`);
    if (names.indexOf(name) < i) wrong(`${place}: classes`, 'each name once', `${name} twice`);
  });
}

/**
 * Photos that a data set is made of, as a list.
 * @param expected - what each is
 * @throws ArgumentError for what is no list of photos, or an empty one, and for a photo that has no name
 */
export function expectPhotos<Example extends { readonly name: string }>(place: string, expected: string, examples: Iterable<Example>): readonly Example[] {
  const listed = typeof examples === 'object' && examples !== null && Symbol.iterator in examples;
  if (!listed) wrong(place, 'a list of photos', showValue(examples));
  const photos = Array.from(examples);
  if (photos.length === 0) wrong(place, 'at least one photo', 'none');
  for (const [i, photo] of photos.entries()) {
    expectObject(`${place}: photo ${i}`, expected, photo);
    if (typeof photo.name !== 'string' || photo.name === '') wrong(`${place}: photo ${i}: name`, 'the name of its file', showValue(photo.name));
  }
  return photos;
}

/** A photo's pixels. @throws ImageError naming it */
export async function readPhoto(name: string, source: ImageInput, options: DecodeOptions): Promise<RgbImage> {
  try {
    return await decodeImage(source, options);
  } catch (error) {
    if (!(error instanceof ReceptiveError)) throw error;
    throw retold(error, name, error.message.includes(name) ? error.message : `${name}: ${error.message}`, ImageError);
  }
}

/** A box may reach so far beyond the photo: files round. */
const BEYOND = 1;

/** @throws FormatError naming the place, for a box that reaches beyond the photo by more than a pixel */
export function expectInside({ left, top, width, height }: Box, photo: { readonly width: number; readonly height: number }, place: string): void {
  const out = Math.max(-left, -top, left + width - photo.width, top + height - photo.height);
  if (out <= BEYOND) return;
  const show = (value: number): number => Number(value.toFixed(2));
  wrong(place, `a box on the photo of ${photo.width} x ${photo.height}`, `${[left, top, left + width, top + height].map(show).join(', ')} (left, top, right, bottom)`, { as: FormatError });
}
