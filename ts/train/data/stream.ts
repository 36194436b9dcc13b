import { placed, ReceptiveError, ShapeError } from '../../base/errors.js';
import { checkOptions, optionNames } from '../../base/options.js';
import { showShape, showValue, typeName } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import { asData, isTensor, tensor } from '../../tensor/tensor.js';
import type { NestedNumbers, TensorLike } from '../../tensor/tensor.js';
import { arraysAt } from './arrays.js';
import { expectClasses, expectSome } from './checks.js';
import type { Batch, DatasetOptions, DatasetStream, StreamOrder } from './dataset.js';
import { zeroOfOptions } from './normalize.js';
import { shuffled } from './shuffled.js';
import { joined } from './joined.js';

/** One example of a stream. */
export interface StreamExample {
  /** Without a dimension for the batch: a tensor, lists, or a typed array together with `shape`. */
  readonly x: TensorLike | NestedNumbers;
  /** A class index, the name of a class, or several numbers in a typed array or a tensor. */
  readonly y: number | string | TensorLike;
}

/** How a stream is read. */
export interface StreamOptions extends DatasetOptions {
  /** Of one example: [C, H, W]. Needed where examples are typed arrays. */
  readonly shape?: readonly number[] | undefined;
  /** Examples that are held, from 1 on, of which one at random comes next: a stream cannot be shuffled as a whole. Default 256. */
  readonly buffer?: number | undefined;
}

const OPTIONS = optionNames<StreamOptions>({ shape: true, classes: true, normalize: true, buffer: true });

/** Examples one after the other. */
export type StreamSource = AsyncIterable<StreamExample> | Iterable<StreamExample>;

/**
 * A data set of examples that come one after the other.
 * @param source - an iterable; for several epochs a function that begins it anew
 * @throws ArgumentError for an option. While it is read, naming the example: what `fromArrays` throws, ShapeError for one of another
 *   shape than the first; ArgumentError for a stream without examples
 */
export function fromStream(source: StreamSource | (() => StreamSource), options: StreamOptions = {}): DatasetStream<Batch> {
  checkOptions('fromStream', options, OPTIONS);
  if (!isSource(source)) wrong('fromStream', 'an iterable of examples { x, y }, or a function that gives one', showValue(source));
  const { buffer = 256, classes, normalize } = options;
  expectClasses('fromStream', classes);
  if (!(Number.isSafeInteger(buffer) && buffer >= 1)) wrong('fromStream: buffer', 'a whole number from 1 on', showValue(buffer));
  return { length: undefined, classes, zero: zeroOfOptions('fromStream', normalize), batches: (size, order) => batches(source, options, size, order) };
}

function isSource(source: unknown): boolean {
  if (typeof source === 'function') return true;
  return typeof source === 'object' && source !== null && (Symbol.asyncIterator in source || Symbol.iterator in source);
}

async function* batches(
  source: StreamSource | (() => StreamSource), options: StreamOptions, size: number, order: StreamOrder | undefined,
): AsyncGenerator<Batch, void, undefined> {
  const begun: unknown = typeof source === 'function' ? source() : source;
  if (typeof begun === 'function' || !isSource(begun)) wrong('fromStream', 'a function that gives an iterable', `one that gives ${showValue(begun)}`);
  const examples = checked(begun as StreamSource, options);
  let held: Batch[] = [];
  let count = 0;
  for await (const example of order ? shuffled(examples, order, options.buffer ?? 256) : examples) {
    count++;
    held.push(example);
    if (held.length < size) continue;
    yield joined(held);
    held = [];
  }
  if (held.length > 0) yield joined(held);
  expectSome(typeof source === 'function' ? 'the stream' : 'the stream (for several epochs give a function that begins it anew)', count);
}

/** Examples as batches of one, all of the same shape. */
async function* checked(source: StreamSource, options: StreamOptions): AsyncGenerator<Batch, void, undefined> {
  const forms: { x?: string | undefined; y?: string } = { x: options.shape && `float32 ${showShape(options.shape)}` };
  let at = 0;
  for await (const example of source) {
    const place = `example ${at++}`;
    const batch = one(place, example, options);
    for (const part of ['x', 'y'] as const) {
      const got = `${batch[part].dtype} ${showShape(batch[part].shape.slice(1))}`;
      const wanted = (forms[part] ??= got);
      if (wanted !== got) wrong(`${place}: ${part}`, `${wanted}, as of the others`, got, { as: ShapeError });
    }
    yield batch;
  }
}

function one(place: string, example: StreamExample, { shape, classes, normalize }: StreamOptions): Batch {
  if (typeof example !== 'object' || example === null || !('x' in example && 'y' in example)) wrong(place, 'an example { x, y }', typeName(example));
  const { x, y } = example;
  try {
    const data = shape ? asData(x, 'x') : undefined;
    const whole = data ? { dtype: 'float32', shape: [1, ...shape!], data } : oneOfBatch(x);
    return arraysAt(place, { x: whole as TensorLike, y: targetOf(y, classes), classes, normalize }).get([0]);
  } catch (error) {
    if (!(error instanceof ReceptiveError) || error.message.startsWith(place)) throw error;
    throw placed(error, place, `${place}: ${error.message}`);
  }
}

function targetOf(y: StreamExample['y'], classes: readonly string[] | undefined): TensorLike | readonly string[] {
  if (typeof y === 'string' && !classes) wrong('y', 'a class index, as no classes are named', y, { hint: 'give the option classes' });
  if (typeof y === 'number' || typeof y === 'string') return [y] as readonly number[] | readonly string[];
  const data = isTensor(y) ? undefined : asData(y, 'y');
  return oneOfBatch(data ? tensor(data as Float32Array) : y) as TensorLike;
}

/** With a dimension for the batch; a typed array has no shape yet. */
function oneOfBatch(value: unknown): unknown {
  if (isTensor(value)) return { ...value, shape: [1, ...value.shape] };
  return Array.isArray(value) ? [value] : value;
}
