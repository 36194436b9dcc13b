import { ArgumentError, ShapeError } from '../../base/errors.js';
import type { ErrorFields, ReceptiveError } from '../../base/errors.js';
import { showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import { isTensor } from '../../tensor/tensor.js';
import type { Batch as AnyBatch } from '../batch.js';
import type { Batch } from './dataset.js';

type ErrorClass = new (message: string, fields?: ErrorFields) => ReceptiveError;

/** The classes that labels may name, in words. */
export function classRange(count: number, classes?: readonly string[]): string {
  const named = classes === undefined ? '' : ` (${classes.length > 12 ? `${classes[0]} to ${classes[classes.length - 1]}` : classes.join(', ')})`;
  return `a class from 0 to ${count - 1}${named}`;
}

/** What labels are checked against. */
export interface Expected {
  /** What they are called in messages, 'y'. */
  readonly place: string;
  /** Number of classes. Absent: any whole number from 0 on. */
  readonly count?: number | undefined;
  readonly classes?: readonly string[] | undefined;
  /** A label that is accepted beside. */
  readonly ignoreIndex?: number | undefined;
  /** Elements of an example's target, 1 unless each pixel has a class. */
  readonly each?: number | undefined;
  /** Class of the error. Default ArgumentError. */
  readonly as?: ErrorClass | undefined;
}

/**
 * Refuses a label that names no class.
 * @throws ArgumentError naming the index of the example, and the classes
 */
export function expectLabels(labels: ArrayLike<number>, { place, count, classes, ignoreIndex, each = 1, as = ArgumentError }: Expected): void {
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (Number.isInteger(label) && label >= 0 && label < (count ?? 2 ** 31)) continue;
    if (label === ignoreIndex) continue;
    const expected = count === undefined ? 'a class, a whole number from 0 on' : classRange(count, classes);
    wrong(`${place}[${Math.floor(i / each)}]`, expected, showValue(label), { as });
  }
}

/**
 * Refuses NaN and infinities.
 * @param each - elements of an example
 * @throws ArgumentError naming the example
 */
export function expectFinite(place: string, data: ArrayLike<number>, each: number): void {
  if (data instanceof Uint8Array) return;
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    wrong(`${place}[${Math.floor(i / each)}]`, 'finite numbers', String(data[i]), { hint: `element ${i % each} of the example` });
  }
}

/** Refuses indices that no example has. @throws ArgumentError naming the index */
export function expectIndices(indices: ArrayLike<number>, length: number): void {
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i];
    if (!(Number.isInteger(index) && index! >= 0 && index! < length)) wrong(`indices[${i}]`, `an index from 0 to ${length - 1}`, showValue(index));
  }
}

/** @throws ArgumentError for names that are no texts, appear twice, or are none at all */
export function expectClasses(place: string, classes: readonly string[] | undefined): void {
  if (classes === undefined) return;
  if (!Array.isArray(classes) || classes.length === 0) wrong(`${place}: classes`, 'a list of names', showValue(classes));
  const seen = new Set<string>();
  classes.forEach((name: unknown, i) => {
    if (typeof name !== 'string') wrong(`${place}: classes[${i}]`, 'a name', showValue(name));
    if (seen.has(name)) wrong(`${place}: classes[${i}]`, 'a name that no other class has', name);
    seen.add(name);
  });
}

/** @throws ArgumentError where there is nothing to learn from */
export function expectSome(place: string, length: number): void {
  if (length === 0) wrong(place, 'at least one example', 'none', { hint: 'the data is empty' });
}

/**
 * Refuses what is no data set, or has no examples.
 * @param place - 'fit: validation'
 * @param stream - whether examples that only come one after the other do as well. Default true
 * @throws ArgumentError saying what is missing
 */
export function expectDataset(place: string, dataset: unknown, stream = true): void {
  const { length, get, batches } = (typeof dataset === 'object' && dataset !== null ? dataset : {}) as Record<string, unknown>;
  if (get === undefined && (batches === undefined || !stream)) wrong(place, 'a data set such as fromArrays gives', showValue(dataset));
  if (stream && length === undefined && typeof batches === 'function') return;
  if (typeof get !== 'function') wrong(`${place}: get`, 'a function of indices', showValue(get));
  if (!(Number.isSafeInteger(length) && (length as number) >= 0)) wrong(`${place}: length`, 'the number of examples', showValue(length));
  expectSome(place, length as number);
}

/** The examples of a batch: the first dimension of its input, or of its first input. @throws ArgumentError for a batch without tensors */
export function examplesIn(batch: AnyBatch): number {
  const x: unknown = (batch as Partial<AnyBatch> | undefined)?.x;
  const first: unknown = isTensor(x) || typeof x !== 'object' || x === null ? x : Object.values(x)[0];
  if (!isTensor(first)) return wrong('x', 'a tensor, or tensors by name', showValue(x));
  return first.shape[0] ?? 1;
}

/** A batch of one tensor and its targets, as all readers here give it. @throws ArgumentError for inputs by name and several targets */
export function expectTensors(place: string, { x, y }: AnyBatch): Batch {
  if (isTensor(x) && isTensor(y) && (y.dtype === 'int32' || y.dtype === 'float32')) return { x, y };
  return wrong(place, 'batches of tensors x and y', showValue(isTensor(x) ? y : x));
}

/** @throws ShapeError where there are not as many targets as examples */
export function expectAsMany(place: string, targets: number, examples: number): void {
  if (targets !== examples) wrong(place, `${examples} targets, one for each example`, String(targets), { as: ShapeError });
}

/**
 * Refuses data in which a class never appears: a network cannot learn it, and would never name it.
 * @param place - 'the training part'
 * @throws ArgumentError naming the class
 */
export function expectEveryClass(place: string, labels: ArrayLike<number>, count: number, classes?: readonly string[]): void {
  const seen = new Uint8Array(count);
  for (let i = 0; i < labels.length; i++) seen[labels[i]!] = 1;
  const missing = seen.indexOf(0);
  if (missing < 0) return;
  const name = classes?.[missing] === undefined ? `class ${missing}` : `class ${missing} (${classes[missing]})`;
  wrong(place, `examples of each of the ${count} classes`, `none of ${name}`, { hint: 'add examples of it, or leave the class out' });
}
