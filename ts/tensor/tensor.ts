import { ArgumentError, DtypeError, ShapeError } from '../errors.js';

/** The array that holds each element type. Bool is 0 and 1. */
export interface DataOf {
  readonly float32: Float32Array;
  readonly float64: Float64Array;
  readonly int64: BigInt64Array;
  readonly int32: Int32Array;
  readonly int16: Int16Array;
  readonly int8: Int8Array;
  readonly uint64: BigUint64Array;
  readonly uint32: Uint32Array;
  readonly uint16: Uint16Array;
  readonly uint8: Uint8Array;
  readonly bool: Uint8Array;
}

/** Element types. */
export type Dtype = keyof DataOf;

/** A dense array, row-major: the last dimension is the one whose neighbours are neighbours in `data`. */
export interface Tensor<Type extends Dtype = 'float32'> {
  readonly dtype: Type;
  readonly shape: readonly number[];
  readonly data: DataOf[Type];
}

/** A tensor of any type; `dtype` tells which. */
export type AnyTensor = { [Type in Dtype]: Tensor<Type> }[Dtype];

/** A tensor, or its numbers alone where the shape follows from what takes them. */
export type TensorLike = Tensor | Float32Array;

/**
 * A float32 tensor. A Float32Array is kept as it is (no copy); other numbers are converted.
 *
 * @param shape - non-negative integers whose product is the number of elements
 * @throws ShapeError if the shape and the number of elements disagree, DtypeError for typed arrays of another type
 */
export function tensor(data: Float32Array | readonly number[], shape: readonly number[]): Tensor {
  const elements = data instanceof Float32Array ? data : convert(data);
  const expected = elementCount(shape, 'tensor');
  if (expected !== elements.length) {
    throw new ShapeError(`tensor: shape ${showShape(shape)} has ${expected} elements, got ${elements.length}`, {
      place: 'tensor',
      expected: `${expected} elements`,
      got: `${elements.length} elements`,
    });
  }
  return { dtype: 'float32', shape: [...shape], data: elements };
}

function convert(data: unknown): Float32Array {
  if (Array.isArray(data)) return Float32Array.from(data as number[]);
  const got = typeName(data);
  throw new DtypeError(`tensor: expected a Float32Array or an array of numbers, got ${got}`, {
    place: 'tensor',
    expected: 'Float32Array',
    got,
  });
}

/** Whether a value has the form of a tensor. Says nothing about whether shape and data agree. */
export function isTensor(value: unknown): value is Tensor {
  return typeof value === 'object' && value !== null && 'dtype' in value && 'shape' in value && 'data' in value;
}

/**
 * The product of the dimensions.
 * @throws ArgumentError for a dimension that is no non-negative integer, or a product past 2^53
 */
export function elementCount(shape: readonly number[], place: string): number {
  let count = 1;
  for (const dim of shape) {
    if (!Number.isSafeInteger(dim) || dim < 0) {
      throw new ArgumentError(`${place}: dimensions are non-negative integers, got ${showShape(shape)}`, {
        place,
        got: showShape(shape),
      });
    }
    count *= dim;
  }
  if (Number.isSafeInteger(count)) return count;
  throw new ArgumentError(`${place}: shape ${showShape(shape)} has too many elements`, { place, got: showShape(shape) });
}

/** A shape as shown in messages: [1, 3, ?, ?]; open dimensions are question marks. */
export function showShape(shape: readonly (number | null)[]): string {
  return `[${shape.map((dim) => dim ?? '?').join(', ')}]`;
}

/** What a value is, for messages: 'Uint8Array', 'null', 'string'. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  return (Object.getPrototypeOf(value) as object | null)?.constructor.name ?? 'object';
}
