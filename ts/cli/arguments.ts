import { InvalidArgumentError } from 'commander';
import { TASKS } from '../tasks/task.js';
import type { PreprocessOptions, PresetName, Task, TaskSpec } from '../entries/index.js';

/** @throws InvalidArgumentError, which the program answers with exit code 2; so do all parsers here */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('Expected a whole number of at least 1.');
}

/** A whole number, 0 among them. */
export function countFrom0(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('Expected a whole number of at least 0.');
}

/** A number of threads, or `auto`. */
export function threadCount(text: string): number | 'auto' {
  return text === 'auto' ? text : wholeNumber(text);
}

/** `1,224,224,3` */
export function shape(text: string): number[] {
  const dims = text.split(',').map(Number);
  if (/^\d+(,\d+)*$/.test(text) && dims.every((dim) => dim >= 1 && Number.isSafeInteger(dim))) return dims;
  throw new InvalidArgumentError('Expected sizes of at least 1 with commas between, like 1,3,224,224.');
}

/** A preset by name, or the fields of a preprocessing as JSON; what they may be is checked where they are used. */
export function preprocessing(text: string): PreprocessOptions {
  if (!text.trimStart().startsWith('{')) return text as PresetName;
  try {
    return JSON.parse(text) as PreprocessOptions;
  } catch {
    throw new InvalidArgumentError('Expected a preset, or an object as JSON, like {"preset":"imagenet","size":256,"crop":224}.');
  }
}

/** A task by name, or an object as JSON; what may be in it is checked where it is used. */
export function task(text: string): Task | TaskSpec {
  if (TASKS.includes(text)) return text as Task;
  try {
    return JSON.parse(text) as TaskSpec;
  } catch {
    throw new InvalidArgumentError('Expected classification, segmentation, detection, or an object as JSON, like {"kind":"segment"}.');
  }
}

/** A number from 0 to 1. */
export function share(text: string): number {
  const value = Number(text);
  if (/^\d*\.?\d+$/.test(text) && value <= 1) return value;
  throw new InvalidArgumentError('Expected a number from 0 to 1.');
}

/** Names or indexes of classes with commas between; a name that is a number or has commas stands in quotes, as `"7"` and `"dog, small"`. */
export function classList(text: string): (string | number)[] {
  const parts = splitOutsideQuotes(text).map((part) => part.trim());
  if (parts.includes('')) throw new InvalidArgumentError('Expected names or indexes of classes with commas between, like dog,cat.');
  return parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part.replace(/^"(.*)"$/, '$1')));
}

/** What stands between commas, of which those in quotes are none. */
function splitOutsideQuotes(text: string): string[] {
  const parts = [''];
  let quoted = false;
  for (const char of text) {
    if (char === '"') quoted = !quoted;
    if (char === ',' && !quoted) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts;
}

export interface InputSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** `56x56x64`: height, width, channels. */
export function inputSize(text: string): InputSize {
  const [height, width, channels] = text.split('x').map(Number);
  const fits = /^\d+x\d+x\d+$/.test(text) && [height, width, channels].every((n) => n !== undefined && n >= 1 && n <= 65536);
  if (!fits) throw new InvalidArgumentError('Expected height x width x channels, each at least 1, like 56x56x64.');
  return { height: height ?? 0, width: width ?? 0, channels: channels ?? 0 };
}

/** `56`, or `56x48`: height and width. */
export function mapSize(text: string): readonly [height: number, width: number] {
  const [height, width = height] = text.split('x').map(Number);
  const fits = /^\d+(x\d+)?$/.test(text) && [height, width].every((n) => n !== undefined && n >= 1 && n <= 65536);
  if (!fits) throw new InvalidArgumentError('Expected a side, or height x width, each at least 1, like 56 or 56x48.');
  return [height ?? 0, width ?? 0];
}

const NAMED_KERNELS: Readonly<Record<string, readonly (readonly number[])[]>> = {
  sharpen: [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
  edge: [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
  blur: Array.from({ length: 3 }, () => Array.from({ length: 3 }, () => 1 / 9)),
};

/** A kernel by name, or a square JSON matrix of odd size up to 31. */
export function kernel(text: string): readonly (readonly number[])[] {
  if (Object.hasOwn(NAMED_KERNELS, text)) return NAMED_KERNELS[text] ?? [];
  let matrix: unknown;
  try {
    matrix = JSON.parse(text);
  } catch {
    matrix = undefined;
  }
  if (isKernel(matrix)) return matrix;
  const names = Object.keys(NAMED_KERNELS).join(', ');
  throw new InvalidArgumentError(`Expected ${names}, or a square matrix of odd size as JSON, like [[0,0,0],[0,1,0],[0,0,0]].`);
}

function isKernel(value: unknown): value is number[][] {
  if (!Array.isArray(value)) return false;
  const rows: unknown[] = value;
  const size = rows.length;
  return size % 2 === 1 && size <= 31 && rows.every((row) => isRow(row, size));
}

function isRow(row: unknown, size: number): boolean {
  return Array.isArray(row) && row.length === size && row.every((v) => typeof v === 'number' && Number.isFinite(v));
}
