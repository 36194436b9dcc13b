import { ArgumentError, DtypeError, ShapeError } from '../errors.js';

/** The array that holds each element type. Bool is 0 and 1. */
export interface DataOf {
  /** 32-bit floats. */
  readonly float32: Float32Array;
  /** 64-bit floats. */
  readonly float64: Float64Array;
  /** Signed 64-bit integers, as bigint. */
  readonly int64: BigInt64Array;
  /** Signed 32-bit integers. */
  readonly int32: Int32Array;
  /** Signed 16-bit integers. */
  readonly int16: Int16Array;
  /** Signed 8-bit integers. */
  readonly int8: Int8Array;
  /** Unsigned 64-bit integers, as bigint. */
  readonly uint64: BigUint64Array;
  /** Unsigned 32-bit integers. */
  readonly uint32: Uint32Array;
  /** Unsigned 16-bit integers. */
  readonly uint16: Uint16Array;
  /** Unsigned 8-bit integers. */
  readonly uint8: Uint8Array;
  /** 0 or 1 in a byte each. */
  readonly bool: Uint8Array;
}

/** Element types. */
export type Dtype = keyof DataOf;

/** A dense array, row-major: the last dimension is the one whose neighbours are neighbours in `data`. */
export interface Tensor<Type extends Dtype = 'float32'> {
  /** Element type. */
  readonly dtype: Type;
  /** Dimensions, NCHW for maps: images, channels, rows, columns. */
  readonly shape: readonly number[];
  /** The elements, as many as the product of `shape`. */
  readonly data: DataOf[Type];
}

/** A tensor of any type; `dtype` tells which. */
export type AnyTensor = { [Type in Dtype]: Tensor<Type> }[Dtype];

/** A tensor, or its numbers alone where type and shape follow from what takes them. */
export type TensorLike = AnyTensor | DataOf[Dtype] | readonly number[];

/** What each element type is held in. */
export const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int16: Int16Array,
  int8: Int8Array,
  uint64: BigUint64Array,
  uint32: Uint32Array,
  uint16: Uint16Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

/** Whether a value is a typed array that some element type is held in. */
export function isData(value: unknown): value is DataOf[Dtype] {
  return Object.values(ARRAYS).some((Type) => value instanceof Type);
}

/**
 * A float32 tensor. A Float32Array is kept as it is (no copy); plain numbers are converted.
 *
 * @param data - the elements, row-major: of a map, rows of channels of images (NCHW)
 * @param shape - non-negative integers whose product is the number of elements; `[]` for a single number
 * @throws ShapeError if the shape and the number of elements disagree; DtypeError for arrays of another type; ArgumentError for
 *   dimensions that are none
 */
export function tensor(data: Float32Array | readonly number[], shape: readonly number[]): Tensor;
/**
 * A tensor of the given element type. A typed array of the type's own kind is kept as it is (no copy); plain numbers are
 * converted, for 64-bit integers only whole ones.
 *
 * @param data - the elements, row-major
 * @param shape - non-negative integers whose product is the number of elements; `[]` for a single number
 * @param dtype - element type
 * @throws ShapeError if the shape and the number of elements disagree; DtypeError for arrays of another type, numbers that
 *   the type cannot hold, or a type that does not exist; ArgumentError for dimensions that are none
 */
export function tensor<Type extends Dtype>(
  data: DataOf[Type] | readonly number[],
  shape: readonly number[],
  dtype: Type,
): Tensor<Type>;
export function tensor(data: unknown, shape: readonly number[], dtype: Dtype = 'float32'): AnyTensor {
  const elements = toData(data, dtype, 'tensor');
  const expected = elementCount(shape, 'tensor');
  if (expected !== elements.length) {
    throw new ShapeError(`tensor: shape ${showShape(shape)} has ${expected} elements, got ${elements.length}`, {
      place: 'tensor',
      expected: `${expected} elements`,
      got: `${elements.length} elements`,
    });
  }
  return { dtype, shape: [...shape], data: elements } as AnyTensor;
}

/**
 * Numbers as the array that a type is held in; that array itself is kept.
 * @throws DtypeError for anything else than that array or a list of numbers
 */
export function toData(data: unknown, dtype: Dtype, place: string): DataOf[Dtype] {
  const Type = Object.hasOwn(ARRAYS, dtype) ? ARRAYS[dtype] : undefined;
  if (!Type) {
    const expected = Object.keys(ARRAYS).join(', ');
    throw new DtypeError(`${place}: there is no type ${dtype}`, { place, expected, got: dtype });
  }
  if (data instanceof Type) return data;
  if (Array.isArray(data)) return fromNumbers(data as number[], dtype, place);
  const got = typeName(data);
  const expected = `${dtype} (a ${Type.name})`;
  throw new DtypeError(`${place}: expected ${expected}, got ${got}`, { place, expected, got });
}

function fromNumbers(numbers: readonly number[], dtype: Dtype, place: string): DataOf[Dtype] {
  if (dtype !== 'int64' && dtype !== 'uint64') return ARRAYS[dtype].from(numbers);
  const wrong = numbers.find((value) => !Number.isInteger(value));
  if (wrong === undefined) return ARRAYS[dtype].from(numbers.map(BigInt));
  throw new DtypeError(`${place}: ${wrong} is no whole number`, { place, expected: dtype, got: String(wrong) });
}

/** Whether a value has the form of a tensor. Says nothing about whether shape and data agree. */
export function isTensor(value: unknown): value is AnyTensor {
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
