import { DtypeError, ShapeError } from '../../base/errors.js';
import { checkOptions, optionNames } from '../../base/options.js';
import { showShape, showValue, typeName } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import { asData, elementCount, isTensor, tensor } from '../../tensor/tensor.js';
import type { NestedNumbers, TensorLike } from '../../tensor/tensor.js';
import { expectAsMany, expectClasses, expectFinite, expectLabels, expectSome } from './checks.js';
import type { DatasetOptions } from './dataset.js';
import { BYTE_SCALE, normalOf } from './normalize.js';
import { sizeOf, StoredDataset } from './stored.js';
import type { Targets } from './stored.js';

/** Examples and targets that are in memory. */
export interface ArraysOptions extends DatasetOptions {
  /** Examples one after the other: a tensor [N, ...], nested lists, or a typed array together with `shape`. */
  readonly x: TensorLike | NestedNumbers;
  /**
   * Class indices, whole numbers in a list, an integer array or an integer tensor ([N], or [N, H, W] for classes of pixels); names
   * of classes; or numbers in a Float32Array or a float tensor [N, ...].
   */
  readonly y: TensorLike | readonly string[];
  /** Of one example: [C, H, W]. Default: the dimensions of `x` after the first. */
  readonly shape?: readonly number[] | undefined;
  /** A class of pixels that does not count. Default -100. */
  readonly ignoreIndex?: number | undefined;
}

const OPTIONS = optionNames<ArraysOptions>({ x: true, y: true, shape: true, classes: true, normalize: true, ignoreIndex: true });

/**
 * A data set of arrays. Bytes and 32-bit floats are not copied; what is changed in them later changes the data set.
 * @throws ShapeError for targets that are not as many as examples, or a shape that does not divide the data; DtypeError for what are
 *   no numbers; ArgumentError for labels without a class, empty data, NaN or infinities (naming the example), or an option
 */
export function fromArrays(options: ArraysOptions): StoredDataset {
  return arraysAt('fromArrays', options);
}

/** `fromArrays` under another name in messages. */
export function arraysAt(place: string, options: ArraysOptions): StoredDataset {
  if (options === undefined) wrong(place, 'an object of options { x, y }', 'none');
  checkOptions(place, options, OPTIONS);
  const { classes, normalize, ignoreIndex = -100 } = options;
  expectClasses(place, classes);
  const { data, shape, length } = examplesOf(place, options.x, options.shape);
  const named = namesOf(options.y, classes);
  const targets = targetsOf(place, named?.labels ?? (options.y), length);
  if (targets.data instanceof Int32Array) {
    const known = named?.classes ?? classes;
    const ofPixels = targets.shape.length > 0;
    expectLabels(targets.data, { place: 'y', count: known?.length, classes: known, each: sizeOf(targets.shape), ignoreIndex: ofPixels ? ignoreIndex : undefined });
  } else expectFinite('y', targets.data, sizeOf(targets.shape));
  const normal = normalOf(place, normalize, shape, data instanceof Uint8Array ? BYTE_SCALE : 1);
  return new StoredDataset({ data, shape, targets, classes: named?.classes ?? classes, normal });
}

interface Examples {
  readonly data: Uint8Array | Float32Array;
  readonly shape: readonly number[];
  readonly length: number;
}

/** Examples of any source, checked. */
export function examplesOf(place: string, x: unknown, wanted: readonly number[] | undefined): Examples {
  const at = `${place}: x`;
  const given = isTensor(x) ? x : Array.isArray(x) ? tensor(x as NestedNumbers) : undefined;
  const data = numbersOf(at, given ? given.data : x);
  const full = given?.shape ?? [data.length];
  if (elementCount(full, at) !== data.length) wrong(at, `${elementCount(full, at)} elements of ${showShape(full)}`, String(data.length), { as: ShapeError });
  if (wanted === undefined && full.length < 2) wrong(`${place}: shape`, 'the shape of one example, [C, H, W]', 'none', { as: ShapeError, hint: 'the data alone does not tell it' });
  const shape = wanted === undefined ? full.slice(1) : [...wanted];
  const each = elementCount(shape, `${place}: shape`);
  expectSome(at, each === 0 ? 0 : data.length);
  if (data.length % each !== 0) wrong(at, `a multiple of ${each} elements, each example being ${showShape(shape)}`, String(data.length), { as: ShapeError });
  expectFinite('x', data, each);
  return { data, shape, length: data.length / each };
}

/** Bytes and floats as they are, other numbers as floats. */
function numbersOf(place: string, given: unknown): Uint8Array | Float32Array {
  const data = asData(given, place);
  if (data instanceof Uint8Array || data instanceof Float32Array) return data;
  if (!data || data instanceof BigInt64Array || data instanceof BigUint64Array) {
    return wrong(place, 'numbers: a tensor, a typed array or lists', typeName(given), { as: DtypeError, hint: 'float32 and uint8 are kept as they are' });
  }
  return Float32Array.from(data);
}

/** Names of classes as indices. The classes are those that are given, or all names in order. */
export function namesOf(y: unknown, classes: readonly string[] | undefined, at = 'y') {
  if (!Array.isArray(y) || typeof y[0] !== 'string') return undefined;
  const names = y as readonly unknown[];
  const odd = names.findIndex((name) => typeof name !== 'string');
  if (odd >= 0) wrong(`${at}[${odd}]`, 'the name of a class, as the others', showValue(names[odd]), { as: DtypeError });
  const known = classes ?? [...new Set(names as readonly string[])].sort();
  const index = new Map(known.map((name, i) => [name, i]));
  const labels = Int32Array.from(names as readonly string[], (name, i) => index.get(name) ?? wrong(`${at}[${i}]`, `one of ${known.join(', ')}`, name));
  return { labels, classes: known };
}

/** Targets of `length` examples: indices of whatever type as int32, floats as float32. */
export function targetsOf(place: string, y: unknown, length: number): Targets {
  const at = `${place}: y`;
  const given = isTensor(y) ? y : undefined;
  if (!given && Array.isArray(y)) {
    const odd = y.findIndex((value) => !Number.isInteger(value));
    const hint = 'targets that are numbers come in a Float32Array or a float32 tensor';
    if (odd >= 0) wrong(`y[${odd}]`, 'a class index, a whole number', showValue(y[odd]), { as: DtypeError, hint });
    expectAsMany(at, y.length, length);
    return { data: indicesOf(y as number[]), shape: [] };
  }
  const data = asData(given ? given.data : y, at) ?? wrong(at, 'class indices, names of classes, or numbers', typeName(y), { as: DtypeError });
  const shape = given ? given.shape : [data.length];
  if (shape.length === 0 || elementCount(shape, at) !== data.length) wrong(at, `${data.length} elements with the examples first`, showShape(shape), { as: ShapeError });
  expectAsMany(at, shape[0]!, length);
  const floats = data instanceof Float32Array || data instanceof Float64Array;
  return { data: floats ? Float32Array.from(data) : indicesOf(data), shape: shape.slice(1) };
}

/** As int32; a number that wraps there must not become a class. */
function indicesOf(values: ArrayLike<number | bigint>): Int32Array {
  return Int32Array.from(values, (value, i) => {
    const index = Number(value);
    return index === (index | 0) ? index : wrong(`y[${i}]`, 'a class index', String(value));
  });
}
