import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { placed } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { showShape } from '../../base/show.js';
import { FormatError, ReceptiveError, ShapeError } from '../../entries/index.js';
import type { PreprocessOptions } from '../../entries/index.js';
import type { DataBatch, Dataset as AnyDataset, Normalization } from '../../entries/train-inline.js';
import { readBytes, readFolder } from '../files.js';
import type { ImageInput, Pixels } from './pixels.js';
import type { Training } from './training.js';

type Dataset = AnyDataset<DataBatch>;

/** What a network learns from, and what it is judged by. */
export interface TrainData {
  readonly train: Dataset;
  /** Judged by after each epoch. */
  readonly validation: Dataset | undefined;
  /** Names of the classes: numbers where the data has none. */
  readonly classes: readonly string[];
  /** What a picture has to go through to be like them. */
  readonly preprocess: PreprocessOptions;
}

/** How data is read. */
export interface DataOptions {
  readonly input: ImageInput;
  readonly pixels: Pixels;
  /** Part or number of examples to judge by; 0 for none. Default: a part that the data has itself, else a tenth. */
  readonly validation: number | undefined;
  readonly seed: number;
  readonly maxPixels: number | undefined;
}

/** The data, and the part that it has itself to judge by. */
interface Parts {
  readonly train: Dataset;
  readonly validation?: Dataset;
  /** Whether examples are pixels already, and no photos. */
  readonly stored?: boolean;
}

/** What is validated by where neither the data nor the command line says more. */
const PART = 0.1;

/**
 * The data behind `--data`: a folder with IDX files, a table, or a folder of photos by class; a folder with folders `train` and `val`
 * of photos as well.
 * @throws what the readers throw; ArgumentError for a path where nothing is, a class without examples, or less than two classes;
 *   ShapeError for images that the network does not take
 */
export async function readData(training: Training, path: string, options: DataOptions): Promise<TrainData> {
  const { train: all, validation: own, stored } = await partsOf(training, path, options);
  const classes = classesOf(all);
  const { validation: part } = options;
  const [, height, width] = await expectShape('--data', all, options.input);
  // What is no photo has the size that it has.
  const preprocess = stored ? ({ ...options.pixels.spec, size: [height!, width!], resize: 'stretch', crop: undefined } as const) : options.pixels.spec;
  if (part === 0) return { train: all, validation: undefined, classes, preprocess };
  if (own && part === undefined) return { train: all, validation: own, classes, preprocess };
  return { ...training.split(all, { validation: part ?? PART, random: training.seededRandom(options.seed) }), classes, preprocess };
}

async function partsOf(training: Training, path: string, options: DataOptions): Promise<Parts> {
  if (!existsSync(path)) wrong('--data', 'a folder or a table', `no such file: ${path}`, { hint: 'check the path' });
  if (hasStored(path)) return readStored(training, path, options);
  const names = readFolder('--data', path);
  const validation = VALIDATION.find((name) => names.includes(name));
  if (!names.includes('train') || validation === undefined) return { train: await photos(training, path, options) };
  const train = await photos(training, join(path, 'train'), options);
  return { train, validation: await photos(training, join(path, validation), options, train.classes) };
}

/** Whether examples are pixels already: a table, or a folder with IDX files. */
export function hasStored(path: string): boolean {
  return !statSync(path).isDirectory() || readFolder('--data', path).some((name) => IDX.test(name));
}

async function readStored(training: Training, path: string, options: StoredOptions): Promise<Parts> {
  if (!statSync(path).isDirectory()) return { train: await table(training, path, options), stored: true };
  return idx(training, path, readFolder('--data', path), options);
}

/**
 * Examples that are pixels already, those that are made to judge by if there are some.
 * @throws what the readers throw
 */
export async function readJudged(training: Training, path: string, options: StoredOptions): Promise<Dataset> {
  if (!statSync(path).isDirectory()) return table(training, path, options);
  const names = readFolder('--data', path);
  return idxPart(training, path, names, options, idxFile(names, TEST, '') === undefined ? TRAIN : TEST);
}

/** What folders are called whose examples are made to judge by. */
export const VALIDATION: readonly string[] = ['val', 'validation', 'valid', 'test'];

/** As the files of MNIST are called: `train-images-idx3-ubyte.gz`, `t10k-labels.idx1-ubyte`. */
const IDX = /[-.]idx\d-ubyte(\.gz)?$/;

type StoredOptions = Pick<DataOptions, 'input' | 'pixels'>;

/** A part of a folder of IDX files. */
interface IdxPart {
  /** What the names of its files have in them. */
  readonly pattern: RegExp;
  /** What it is, for messages. */
  readonly what: string;
}

const [TRAIN, TEST]: readonly [IdxPart, IdxPart] = [{ pattern: /train/, what: 'training' }, { pattern: /t10k|test/, what: 'test' }];

const idxFile = (names: readonly string[], { pattern }: IdxPart, kind: string): string | undefined =>
  names.find((name) => IDX.test(name) && pattern.test(name) && name.includes(kind));

async function idx(training: Training, folder: string, names: readonly string[], options: StoredOptions): Promise<Parts> {
  const train = await idxPart(training, folder, names, options, TRAIN);
  if (idxFile(names, TEST, '') === undefined) return { train, stored: true };
  return { train, validation: await idxPart(training, folder, names, options, TEST, classesOf(train)), stored: true };
}

async function idxPart(training: Training, folder: string, names: readonly string[], { input, pixels }: StoredOptions, part: IdxPart, classes?: readonly string[]): Promise<Dataset> {
  const [images, labels] = [idxFile(names, part, 'images'), idxFile(names, part, 'labels')];
  if (images === undefined || labels === undefined) {
    wrong(`--data: ${folder}`, `${part.what} images and labels`, images ?? labels ?? 'neither', { as: FormatError, hint: 'the files are called train-images-idx3-ubyte and train-labels-idx1-ubyte, or .gz' });
  }
  const read = (name: string): Uint8Array => readBytes('--data', join(folder, name));
  return inFile(`${folder} (${images}, ${labels})`, async () => {
    const [x, y] = [read(images), read(labels)];
    // Numbers of a normalisation are by channel: of other channels it would speak of them.
    if (input.channels > 1) await expectShape('images', await training.fromIdx(x, y), input);
    return training.fromIdx(x, y, { normalize: normalization(input, pixels), classes });
  });
}

async function table(training: Training, file: string, { input, pixels }: StoredOptions): Promise<Dataset> {
  const [height, width] = pixels.size ?? wrong('--size', 'height x width of the images', 'none', { hint: 'a table does not say it' });
  const bytes = readBytes('--data', file);
  return inFile(file, () => training.fromCsv(bytes, { height, width, channels: input.channels, normalize: normalization(input, pixels) }));
}

function photos(training: Training, folder: string, { input, pixels, maxPixels }: DataOptions, classes?: readonly string[]): Promise<Dataset> {
  return training.fromFolder(folder, { channels: input.channels, preprocess: pixels.spec, classes, maxPixels });
}

/**
 * Bytes and numbers are brought to 0..1 by their readers, as they see fit: numbers of a table may be so already.
 * @returns what else the preprocessing does
 */
function normalization({ channels }: ImageInput, { spec: { scale, mean, std } }: Pixels): Normalization {
  const scaled = scale === 1 / 255 ? {} : { scale };
  return channels === 1 ? { ...scaled, mean: mean[0], std: std[0] } : { ...scaled, mean, std };
}

/** An error of a reader with the file in front, which the reader does not know. */
async function inFile<Result>(file: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof ReceptiveError ? placed(error, `--data: ${file}`, `--data: ${file}: ${error.message}`) : error;
  }
}

/**
 * Names of the classes; numbers where the data has none.
 * @throws ArgumentError for examples without a class, a class without examples, or less than two classes
 */
function classesOf({ classes, labels, length }: Dataset): readonly string[] {
  if (!labels) return wrong('--data', 'a class for each example', 'none');
  const seen = new Set(Array.from(labels));
  let [count, missing] = [classes?.length ?? 0, 0];
  if (!classes) for (const label of seen) count = Math.max(count, label + 1);
  while (seen.has(missing)) missing++;
  if (missing < count) {
    const name = classes?.[missing] ?? String(missing);
    wrong('--data', `examples of each of the ${count} classes`, `none of class ${name} among ${length}`, { hint: 'add examples of it, or leave the class out' });
  }
  if (count < 2) wrong('--data', 'at least two classes', classes?.[0] ?? 'one', { hint: 'there is nothing to tell apart' });
  return classes ?? Array.from({ length: count }, (_, i) => String(i));
}

/** [C, H, W] of the examples. @throws ShapeError for another than the network takes */
async function expectShape(place: string, dataset: Dataset, { channels, height, width }: ImageInput): Promise<readonly number[]> {
  const { x: { shape: [, ...shape] } } = await dataset.get([0]);
  const wanted = [channels, height, width];
  if (shape.length === 3 && wanted.every((dim, at) => dim === null || dim === shape[at])) return shape;
  return wrong(place, `images ${showShape(wanted)}`, showShape(shape), { as: ShapeError, hint: 'the network takes only these' });
}
