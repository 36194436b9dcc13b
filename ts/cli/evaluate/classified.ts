// Photos by class: a folder for each class, IDX files, or a table.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { wrong } from '../../base/wrong.js';
import { preprocessSpec } from '../../image/spec.js';
import type { RawImage } from '../../entries/index.js';
import type { DataBatch, Dataset } from '../../entries/train-inline.js';
import { isFolder, photosIn } from '../labelled/photos-in.js';
import { readFolder } from '../files.js';
import { hasStored, readJudged, VALIDATION } from '../train/data.js';
import { loadTraining } from '../train/training.js';
import type { ClassifiedPhotos } from './classes.js';

/** How data is read. */
export interface ClassifiedOptions {
  /** Of the images of a table or IDX files. */
  readonly channels: 1 | 3;
  /** Height and width of the images of a table. */
  readonly size: readonly [number, number] | undefined;
}

/**
 * The part of the data that is made to judge by, where it has one; else all.
 * @throws ArgumentError where nothing is, or no photo; what the readers throw
 */
export async function readClassified(path: string, options: ClassifiedOptions): Promise<ClassifiedPhotos> {
  if (!existsSync(path)) wrong('--data', 'a folder or a table', `no such file: ${path}`, { hint: 'check the path' });
  if (hasStored(path)) return stored(path, options);
  const names = readFolder('--data', path);
  const part = names.includes('train') ? VALIDATION.find((name) => names.includes(name)) : undefined;
  return byFolder(part === undefined ? path : join(path, part));
}

function byFolder(folder: string): ClassifiedPhotos {
  const classes = readFolder('--data', folder).filter((name) => !name.startsWith('.') && isFolder(join(folder, name))).sort();
  if (classes.length === 0) wrong('--data', 'a folder of photos for each class', `none in ${folder}`);
  const photos = classes.flatMap((name, truth) => photosIn(`--data: ${name}`, join(folder, name)).map((photo) => ({ image: join(folder, name, photo), truth })));
  return { classes, length: photos.length, get: (index) => Promise.resolve(photos[index]!) };
}

/** Images that are pixels already go to the model as photos do, so that what is measured is what a user gets. */
async function stored(path: string, { channels, size }: ClassifiedOptions): Promise<ClassifiedPhotos> {
  const pixels = { spec: preprocessSpec('unit', size), size };
  const data = await readJudged(await loadTraining(), path, { input: { channels, height: null, width: null }, pixels });
  const { labels, length } = data;
  if (!labels) return wrong('--data', 'a class for each example', 'none');
  const count = Array.from(labels).reduce((most, label) => Math.max(most, label + 1), 0);
  const classes = data.classes ?? Array.from({ length: count }, (_, i) => String(i));
  return { classes, length, get: async (index) => ({ image: await imageAt(data, index), truth: labels[index]! }) };
}

/** Numbers from 0 to 1, channel by channel, as bytes, pixel by pixel. */
async function imageAt(dataset: Dataset<DataBatch>, index: number): Promise<RawImage> {
  const { x: { data, shape: [, channels = 1, height = 1, width = 1] } } = await dataset.get([index]);
  const plane = height * width;
  const bytes = Uint8Array.from({ length: plane * channels }, (_, i) => Math.round(255 * data[(i % channels) * plane + Math.floor(i / channels)]!));
  return { data: bytes, width, height, channels: channels === 3 ? 3 : 1 };
}
