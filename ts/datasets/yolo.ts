import { FormatError } from '../base/errors.js';
import { checkOptions, optionNames } from '../base/options.js';
import { showValue } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import { maxPixelsOf } from '../image/decode-options.js';
import type { DecodeOptions, ImageInput } from '../image/types.js';
import { polygonsToRle } from '../metrics/polygon.js';
import { rleArea } from '../metrics/rle.js';
import { expectIndex, expectInside, expectNames, expectPhotos, Labelled, readPhoto } from './labelled.js';
import type { LabelledBox, LabelledImage } from './labelled.js';

/** A photo and the text of its labels. */
export interface YoloExample {
  /** Of the photo's file, for messages. What is wrong in its labels is said of the text that goes with it: dog.txt of dog.jpg. */
  readonly name: string;
  /** What `decodeImage` reads. */
  readonly image: ImageInput;
  /** A line an object; absent or empty: nothing is on it. */
  readonly labels?: string | undefined;
}

/** What a data set of YOLO texts is told. */
export interface YoloOptions extends DecodeOptions {
  /** Names of the classes, by index: `names` of data.yaml. */
  readonly classes: readonly string[];
}

const OPTIONS = optionNames<YoloOptions>({ classes: true, maxPixels: true });

/** A line: its class, and numbers in parts of the photo's width and height. */
interface Line {
  readonly place: string;
  readonly index: number;
  /** Centre, width and height; or x and y of at least three corners. */
  readonly numbers: readonly number[];
}

/** A number may be so far beyond 0 and 1: files round. */
const BEYOND = 0.01;

/**
 * A data set of photos with a text each, a line an object: `class cx cy w h`, or `class x1 y1 x2 y2 x3 y3 ...` for its outline; numbers are
 * parts of the photo's width and height.
 * @throws FormatError naming text and line (dog.txt of dog.jpg), for another count of numbers, what is no number or not from 0 to 1, a box without
 *   a width or height, or a class that has no name; ArgumentError for an option, what is no photo with its name, or no photos. `get` rejects with a FormatError for a box that reaches beyond the photo by more than a pixel
 */
export function fromYolo(examples: Iterable<YoloExample>, options: YoloOptions): YoloDataset {
  checkOptions('fromYolo', options, OPTIONS);
  const { classes } = options ?? ({} as Partial<YoloOptions>);
  expectNames('fromYolo', classes);
  maxPixelsOf(options);
  const given = expectPhotos('fromYolo', 'a photo { name, image, labels }', examples);
  const photos = given.map(({ name, image, labels = '' }) => ({ name, image, lines: linesOf(labels, name, classes.length) }));
  return new YoloDataset(photos, classes, options);
}

interface Photo {
  readonly name: string;
  readonly image: ImageInput;
  readonly lines: readonly Line[];
}

/** Photos with labels in YOLO's text form, in the order that they were given in. */
export class YoloDataset extends Labelled {
  /** Number of photos. */
  readonly length: number;

  /** @internal */
  constructor(
    private readonly photos: readonly Photo[],
    /** Names of the classes, by index. */
    readonly classes: readonly string[],
    private readonly options: YoloOptions,
  ) {
    super();
    this.length = photos.length;
  }

  /**
   * One of the photos.
   * @throws ArgumentError for an index that no photo has; ImageError naming a photo that cannot be read; FormatError naming the line of a box that
   *   reaches beyond the photo by more than a pixel
   */
  async get(index: number): Promise<LabelledImage> {
    expectIndex(index, this.length);
    const { name, image: source, lines } = this.photos[index]!;
    const image = await readPhoto(name, source, { maxPixels: this.options.maxPixels });
    const { width, height } = image;
    return { id: name, name, image, width, height, boxes: lines.map((line) => boxOf(line, width, height)) };
  }
}

function linesOf(text: string, name: string, classes: number): Line[] {
  if (typeof text !== 'string') wrong(`${name}: labels`, 'a text', showValue(text));
  // The text of a photo has its name: dog.txt goes with dog.jpg.
  const file = `${name.replace(/\.\w{1,5}$/, '')}.txt`;
  return text.split(/\r\n?|\n/).flatMap((line, i) => {
    const words = line.trim().split(/\s+/);
    return words[0] === '' ? [] : [lineOf(words, `${file}: line ${i + 1}`, classes)];
  });
}

function lineOf([first, ...rest]: readonly string[], place: string, classes: number): Line {
  const index = Number(first);
  if (!(Number.isInteger(index) && index >= 0 && index < classes)) wrong(`${place}: class`, `a whole number from 0 to ${classes - 1}`, showValue(first), { as: FormatError });
  const fits = rest.length === 4 || (rest.length >= 6 && rest.length % 2 === 0);
  if (!fits) wrong(place, 'a class and 4 numbers, or x and y of at least three corners', `a class and ${rest.length}`, { as: FormatError });
  const numbers = rest.map((word, i) => {
    const value = Number(word);
    if (!Number.isFinite(value)) wrong(`${place}: number ${i + 1}`, 'a number', showValue(word), { as: FormatError });
    if (value < -BEYOND || value > 1 + BEYOND) wrong(`${place}: number ${i + 1}`, "a part of the photo's side, from 0 to 1", word, { as: FormatError, hint: 'divide pixels by the width or height' });
    return value;
  });
  const { width, height } = numbers.length > 4 ? around(numbers) : { width: numbers[2]!, height: numbers[3]! };
  if (!(width > 0 && height > 0)) wrong(place, 'an object with a width and a height above 0', `${width} x ${height}`, { as: FormatError, hint: 'leave the line out' });
  return { place, index, numbers };
}

function boxOf({ place, index, numbers }: Line, width: number, height: number): LabelledBox {
  const outline = numbers.length > 4;
  const pixels = numbers.map((value, i) => value * (i % 2 === 0 ? width : height));
  const box = outline ? around(pixels) : { left: pixels[0]! - pixels[2]! / 2, top: pixels[1]! - pixels[3]! / 2, width: pixels[2]!, height: pixels[3]! };
  expectInside(box, { width, height }, place);
  const mask = outline ? polygonsToRle([pixels], width, height, place) : undefined;
  return { ...box, index, crowd: false, area: mask ? rleArea(mask) : box.width * box.height, mask };
}

function around(corners: readonly number[]): { left: number; top: number; width: number; height: number } {
  const [xs, ys] = [0, 1].map((axis) => corners.filter((_, i) => i % 2 === axis)) as [number[], number[]];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { left, top, width: Math.max(...xs) - left, height: Math.max(...ys) - top };
}
