import { FormatError, ShapeError } from '../base/errors.js';
import { checkOptions, optionNames } from '../base/options.js';
import { showValue } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import { maxPixelsOf } from '../image/decode-options.js';
import type { DecodeOptions, ImageInput } from '../image/types.js';
import { bytesIn } from './content.js';
import type { FileBytes } from './content.js';
import { expectIndex, expectNames, expectPhotos, Labelled, readPhoto } from './labelled.js';
import type { LabelledImage, LabelMask } from './labelled.js';
import { readPngLabels } from './png.js';

/** A photo and its mask. */
export interface MaskExample {
  /** Of the file, for messages. */
  readonly name: string;
  /** What `decodeImage` reads. */
  readonly image: ImageInput;
  /** The class of each pixel: a PNG file, grey or of a palette, or the classes themselves; or what gives one of them when it is needed. */
  readonly mask: FileBytes | LabelMask | (() => Promise<FileBytes | LabelMask>);
}

/** What a data set of masks is told. */
export interface MasksOptions extends DecodeOptions {
  /** Names of the classes, by index. */
  readonly classes: readonly string[];
  /** The class of pixels that nobody labelled. Default 255. */
  readonly ignore?: number | undefined;
}

const OPTIONS = optionNames<MasksOptions>({ classes: true, ignore: true, maxPixels: true });

/**
 * A data set of photos with a mask each, which says the class of every pixel.
 * @throws ArgumentError for an option, or no photos. `get` rejects with FormatError naming the photo for a mask that is no PNG, damaged, or
 *   has a class without a name; UnsupportedError for one of colours; ShapeError for one of another size than its photo
 */
export function fromMasks(examples: Iterable<MaskExample>, options: MasksOptions): MaskDataset {
  checkOptions('fromMasks', options, OPTIONS);
  const { classes, ignore = 255 } = options ?? ({} as Partial<MasksOptions>);
  expectNames('fromMasks', classes);
  if (!(Number.isSafeInteger(ignore) && ignore >= 0)) wrong('fromMasks: ignore', 'a whole number from 0 on', showValue(ignore));
  maxPixelsOf(options);
  const photos = expectPhotos('fromMasks', 'a photo { name, image, mask }', examples);
  return new MaskDataset(photos, classes, ignore, options);
}

/** Photos with the class of each pixel, in the order that they were given in. */
export class MaskDataset extends Labelled {
  /** Number of photos. */
  readonly length: number;

  /** @internal */
  constructor(
    private readonly photos: readonly MaskExample[],
    /** Names of the classes, by index. */
    readonly classes: readonly string[],
    /** The class of pixels that nobody labelled. */
    readonly ignore: number,
    private readonly options: MasksOptions,
  ) {
    super();
    this.length = photos.length;
  }

  /**
   * One of the photos.
   * @throws ArgumentError for an index that no photo has; ImageError naming a photo that cannot be read; what `fromMasks` says of masks
   */
  async get(index: number): Promise<LabelledImage> {
    expectIndex(index, this.length);
    const { name, image: source, mask: given } = this.photos[index]!;
    const { maxPixels } = this.options;
    const image = await readPhoto(name, source, { maxPixels });
    const mask = await maskOf(typeof given === 'function' ? await given() : given, `${name}: mask`, maxPixels);
    const { width, height } = image;
    if (mask.width !== width || mask.height !== height) wrong(`${name}: mask`, `${width} x ${height}, as the photo`, `${mask.width} x ${mask.height}`, { as: ShapeError });
    this.expectClasses(mask, `${name}: mask`);
    return { id: name, name, image, width, height, boxes: [], mask };
  }

  private expectClasses({ data, width }: LabelMask, place: string): void {
    const { classes, ignore } = this;
    const at = data.findIndex((value) => value >= classes.length && value !== ignore);
    if (at < 0) return;
    const pixel = `(${at % width}, ${Math.floor(at / width)})`;
    wrong(place, `classes from 0 to ${classes.length - 1}, or ${ignore} where nobody labelled`, `${data[at]} at ${pixel}`, { as: FormatError });
  }
}

async function maskOf(given: FileBytes | LabelMask, place: string, maxPixels: number | undefined): Promise<LabelMask> {
  if (!isMask(given)) return readPngLabels(await bytesIn(given, place), place, maxPixels);
  const { data, width, height } = given;
  if (data.length !== width * height) wrong(place, `${width * height} classes, ${width} x ${height}`, String(data.length), { as: ShapeError });
  return given;
}

function isMask(given: unknown): given is LabelMask {
  return typeof given === 'object' && given !== null && 'data' in given && 'width' in given && 'height' in given;
}
