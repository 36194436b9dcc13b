import { ImageError, ReceptiveError, retold, ShapeError } from '../../base/errors.js';
import { checkOptions, optionNames } from '../../base/options.js';
import { showShape, showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import { maxPixelsOf } from '../../image/decode-options.js';
import { decodeImage } from '../../image/decode.platform.js';
import { preprocess } from '../../image/preprocess.js';
import { preprocessSpec } from '../../image/spec.js';
import type { DecodeOptions, ImageInput, PreprocessOptions, PreprocessSpec } from '../../image/types.js';
import { namesOf } from './arrays.js';
import { expectClasses, expectEveryClass, expectIndices, expectSome } from './checks.js';
import type { Batch, Dataset } from './dataset.js';
import { luma } from './grey.js';
import { writerOf, zeroOf } from './normalize.js';
import type { Writer } from './normalize.js';
import { sizeOf } from './stored.js';

/** How photos become examples. */
export interface PhotosOptions extends DecodeOptions {
  /** Names of the classes, by index. Default: all labels, in order. */
  readonly classes?: readonly string[] | undefined;
  /** Resize, crop and normalisation, as at inference; without a size all photos must have the same. Default `unit`: 0 to 1. */
  readonly preprocess?: PreprocessOptions | undefined;
  /** 3 for colours, 1 for brightness, which takes the first mean and deviation. Default 3. */
  readonly channels?: 1 | 3 | undefined;
  /** Whether photos are decoded once, and kept in the size they have then, a byte a value; else each time. Default true. */
  readonly cache?: boolean | undefined;
}

const OPTIONS = optionNames<PhotosOptions>({ classes: true, preprocess: true, channels: true, cache: 'boolean', maxPixels: true });

/** A photo that is decoded when it is needed. */
export interface Photo {
  /** Class and file, for messages. */
  readonly name: string;
  readonly label: string;
  readonly source: ImageInput;
}

/** Photos that are decoded at the same time. */
const TOGETHER = 4;

/** What is an image by its name; hidden files are none. */
export function isPhotoName(name: string): boolean {
  return /^[^.].*\.(png|jpe?g|webp|gif|bmp|avif|tiff?)$/i.test(name);
}

/**
 * A data set of photos, in the order of their names.
 * @throws ArgumentError for an option, a label that is no class, a class without photos, or no photos at all
 */
export function photosAt(place: string, photos: readonly Photo[], options: PhotosOptions): Dataset<Batch> {
  checkOptions(place, options, OPTIONS);
  maxPixelsOf(options);
  const { classes: given, preprocess: wanted = 'unit', channels = 3 } = options;
  expectClasses(place, given);
  expectSome(place, photos.length);
  if (channels !== 1 && channels !== 3) wrong(`${place}: channels`, '1 or 3', showValue(channels));
  const sorted = [...photos].sort((a, b) => order(a.label, b.label) || order(a.name, b.name));
  const { labels, classes } = namesOf(sorted.map(({ label }) => label), given)!;
  expectEveryClass(place, labels, classes.length, classes);
  return new PhotoDataset(sorted, labels, classes, preprocessSpec(wanted), { ...options, channels });
}

const order = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

class PhotoDataset implements Dataset<Batch> {
  readonly length: number;
  readonly zero: readonly number[];
  private readonly write: Writer;
  private readonly kept = new Map<number, Pixels>();
  /** The first photo says what shape all have. */
  private shape: Promise<readonly number[]> | undefined;

  constructor(
    private readonly photos: readonly Photo[],
    readonly labels: Int32Array,
    readonly classes: readonly string[],
    private readonly spec: PreprocessSpec,
    private readonly options: PhotosOptions & { readonly channels: 1 | 3 },
  ) {
    const { scale, mean, std } = spec;
    const normal = { scale, mean: mean.slice(0, options.channels), std: std.slice(0, options.channels) };
    this.length = photos.length;
    this.zero = zeroOf(normal);
    this.write = writerOf(normal, true);
  }

  async get(indices: ArrayLike<number>): Promise<Batch> {
    expectIndices(indices, this.length);
    this.shape ??= this.pixels(0).then(({ shape }) => shape);
    this.shape.catch(() => (this.shape = undefined));
    const shape = await this.shape;
    const [n, each] = [indices.length, sizeOf(shape)];
    const data = new Float32Array(n * each);
    let next = 0;
    const work = async (): Promise<void> => {
      for (let i = next++; i < n; i = next++) {
        const pixels = await this.pixels(indices[i]!);
        const [expected, got] = [showShape(shape), showShape(pixels.shape)];
        if (got !== expected) wrong(this.photos[indices[i]!]!.name, `${expected} as the first photo`, got, { as: ShapeError, hint: sizeHint(this.spec) });
        this.write(pixels.data, data.subarray(i * each, (i + 1) * each));
      }
    };
    await Promise.all(Array.from({ length: Math.min(TOGETHER, n) }, work));
    const y = Int32Array.from(indices, (i) => this.labels[i]!);
    return { x: { dtype: 'float32', shape: [n, ...shape], data }, y: { dtype: 'int32', shape: [n], data: y } };
  }

  private async pixels(index: number): Promise<Pixels> {
    const kept = this.kept.get(index);
    if (kept) return kept;
    const pixels = await read(this.photos[index]!, this.spec, this.options);
    if (this.options.cache ?? true) this.kept.set(index, pixels);
    return pixels;
  }
}

/** How all photos come to have the same shape. */
function sizeHint({ size, crop }: PreprocessSpec): string {
  if (size === undefined && crop === undefined) return 'give the option preprocess a size';
  return 'one side alone keeps the proportions of a photo: give the option preprocess a size of two, as size: [224, 224], or a crop';
}

/** A photo, resized, one plane after the other. */
interface Pixels {
  readonly data: Uint8Array;
  readonly shape: readonly [number, number, number];
}

async function read({ name, source }: Photo, spec: PreprocessSpec, { channels, maxPixels }: PhotosOptions): Promise<Pixels> {
  try {
    const image = await decodeImage(source, { maxPixels });
    const bytes = { ...spec, mean: [0, 0, 0], std: [1, 1, 1], scale: 1 } as const;
    const { data, shape } = preprocess(image, channels === 1 ? { ...bytes, order: 'rgb' } : bytes);
    const [, , height, width] = shape as [number, number, number, number];
    if (channels !== 1) return { data: Uint8Array.from(data), shape: [3, height, width] };
    const plane = height * width;
    const grey = Uint8Array.from({ length: plane }, (_, i) => luma([data[i]!, data[plane + i]!, data[2 * plane + i]!], 0));
    return { data: grey, shape: [1, height, width] };
  } catch (error) {
    if (!(error instanceof ReceptiveError)) throw error;
    const { message, place } = error;
    const said = place !== undefined && message.startsWith(`${place}: `) ? message.slice(place.length + 2) : message;
    throw retold(error, name, `${name}: ${said}`, ImageError);
  }
}
