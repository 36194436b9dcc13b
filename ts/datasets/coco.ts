import { ImageError } from '../base/errors.js';
import { checkOptions, optionNames } from '../base/options.js';
import { wrong } from '../base/wrong.js';
import { maxPixelsOf } from '../image/decode-options.js';
import type { DecodeOptions, ImageInput } from '../image/types.js';
import type { ImageId } from '../metrics/coco.js';
import { polygonsToRle } from '../metrics/polygon.js';
import { rleArea, rleBox } from '../metrics/rle.js';
import { readCoco } from './coco-file.js';
import type { CocoAnnotation, CocoImage } from './coco-file.js';
import type { FileBytes } from './content.js';
import { expectIndex, Labelled, readPhoto } from './labelled.js';
import type { LabelledBox, LabelledImage } from './labelled.js';

/** How a COCO file's photos are found. */
export interface CocoDatasetOptions extends DecodeOptions {
  /** The photo of a name, `file_name` in the file. Without it there are labels alone. */
  readonly photo?: ((name: string) => ImageInput | Promise<ImageInput>) | undefined;
}

const OPTIONS = optionNames<CocoDatasetOptions>({ photo: true, maxPixels: true });

/** What a COCO file says of a photo. */
export interface CocoLabels {
  /** Its number. */
  readonly id: ImageId;
  /** Of the file. */
  readonly name: string;
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Objects, in the order of the file; `mask` where it has a segmentation. */
  readonly boxes: readonly LabelledBox[];
}

/** The photos of a COCO file, in its order. */
export class CocoDataset extends Labelled {
  /** Number of photos. */
  readonly length: number;

  /** @internal */
  constructor(
    private readonly images: readonly CocoImage[],
    /** Names of the classes, by index. */
    readonly classes: readonly string[],
    /** COCO's number of each class. */
    readonly categories: readonly number[],
    private readonly options: CocoDatasetOptions,
  ) {
    super();
    this.length = images.length;
  }

  /**
   * What is on a photo, which is not read.
   * @throws ArgumentError for an index that no photo has
   */
  labels(index: number): CocoLabels {
    expectIndex(index, this.length);
    const { annotations, ...image } = this.images[index]!;
    return { ...image, boxes: annotations.map((annotation) => boxOf(annotation, image)) };
  }

  /**
   * One of the photos.
   * @throws ArgumentError for an index that no photo has, or without the option `photo`; ImageError naming a photo that cannot be read, or has
   *   another size than its labels say
   */
  async get(index: number): Promise<LabelledImage> {
    const labels = this.labels(index);
    const { photo, maxPixels } = this.options;
    const { name, width, height } = labels;
    if (!photo) return wrong('fromCoco: photo', 'a function that gives the photo of a name', 'none', { hint: 'labels(index) gives labels alone' });
    const image = await readPhoto(name, await photo(name), { maxPixels });
    if (image.width !== width || image.height !== height) {
      wrong(name, `a photo of ${width} x ${height}, as its labels say`, `${image.width} x ${image.height}`, { as: ImageError, hint: 'a photo that is turned by EXIF is labelled as it is shown' });
    }
    return { ...labels, image };
  }
}

function boxOf({ box, index, crowd, area, polygons, runs }: CocoAnnotation, { width, height }: { readonly width: number; readonly height: number }): LabelledBox {
  const mask = runs ?? (polygons && polygonsToRle(polygons, width, height));
  const around = box ?? rleBox(mask!);
  return { ...around, index, crowd, area: area ?? (mask ? rleArea(mask) : around.width * around.height), mask };
}

/**
 * A data set of instances as COCO's JSON has them: images, annotations, categories. Classes are the categories by rising number, as in
 * pycocotools.
 * @param annotations - the file, its text, or what `JSON.parse` made of it
 * @throws FormatError naming the entry, for what is no such file, a number twice, an image or category that is unknown, a box that is none
 *   or reaches beyond its image by more than a pixel, a broken segmentation; ArgumentError for an option
 */
export async function fromCoco(annotations: string | object | FileBytes, options: CocoDatasetOptions = {}): Promise<CocoDataset> {
  checkOptions('fromCoco', options, OPTIONS);
  maxPixelsOf(options);
  if (options.photo !== undefined && typeof options.photo !== 'function') wrong('fromCoco: photo', 'a function that gives the photo of a name', typeof options.photo);
  const { images, classes, categories } = await readCoco(annotations);
  return new CocoDataset(images, classes, categories, options);
}
