import { DtypeError, ShapeError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import { showShape, showValue, typeName } from '../base/show.js';
import { arrayKind, checkAttached } from './arrays.js';

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

/**
 * A typed array, of whichever realm, as the one of this realm on the same memory; 16-bit floats as a Float32Array. One that
 * no element type is held in stays what it is; undefined for what is no typed array.
 * @throws ArgumentError for a buffer that was transferred
 */
export function asData(value: unknown, place: string): DataOf[Dtype] | undefined {
  const kind = arrayKind(value);
  if (kind === undefined) return undefined;
  const given = value as Float32Array;
  checkAttached(given.buffer, place);
  if (kind === 'Float16Array') return Float32Array.from(given);
  const Type = Object.values(ARRAYS).find(({ name }) => name === kind);
  return !Type || given instanceof Type ? given : new Type(given.buffer as ArrayBuffer, given.byteOffset, given.length);
}

/** The element type that a typed array holds; of a Uint8Array uint8. */
export type DtypeOf<Data> = { [Type in Exclude<Dtype, 'bool'>]: Data extends DataOf[Type] ? Type : never }[Exclude<Dtype, 'bool'>];

/** Numbers in lists in lists: [[1, 2], [3, 4]]. */
export type NestedNumbers = readonly number[] | readonly NestedNumbers[];

/**
 * A tensor of the shape that the numbers have: of nested lists their lengths, of a typed array its length. Plain numbers become
 * float32, a typed array keeps its type and is not copied.
 *
 * @param data - `[1, 2, 3]` is [3], `[[1, 2], [3, 4]]` is [2, 2]
 * @throws ShapeError for lists of different lengths; DtypeError for what are no numbers
 */
export function tensor(data: NestedNumbers | Float32Array): Tensor;
/**
 * A tensor of one dimension of the element type that the typed array holds; a Uint8Array is uint8.
 * @param data - kept as it is (no copy)
 * @throws DtypeError for an array of no element type
 */
export function tensor<Data extends DataOf[Dtype]>(data: Data): Tensor<DtypeOf<Data>>;
/**
 * A float32 tensor. A Float32Array is kept as it is (no copy); plain numbers are converted.
 *
 * @param data - the elements, row-major: of a map, rows of channels of images (NCHW)
 * @param shape - non-negative integers whose product is the number of elements; `[]` for a single number
 * @throws ShapeError if the shape and the number of elements disagree; DtypeError for arrays of another type; ArgumentError for
 *   dimensions that are none
 */
export function tensor(data: Float32Array | NestedNumbers, shape: readonly number[] | undefined): Tensor;
/**
 * A tensor of the given element type. A typed array of the type's own kind is kept as it is (no copy); plain numbers are
 * converted, for 64-bit integers only whole ones.
 *
 * @param data - the elements, row-major
 * @param shape - non-negative integers whose product is the number of elements; `[]` for a single number; undefined for the
 *   shape that `data` has
 * @param dtype - element type
 * @throws ShapeError if the shape and the number of elements disagree; DtypeError for arrays of another type, numbers that
 *   the type cannot hold, or a type that does not exist; ArgumentError for dimensions that are none
 */
export function tensor<Type extends Dtype>(
  data: DataOf[Type] | NestedNumbers,
  shape: readonly number[] | undefined,
  dtype: Type,
): Tensor<Type>;
export function tensor(data: unknown, shape?: readonly number[], dtype?: Dtype): object {
  const nested = Array.isArray(data) ? unnest(data, 'tensor') : undefined;
  const kind = shape === undefined && arrayKind(data);
  const type = dtype ?? DTYPES.find((name) => ARRAYS[name].name === kind) ?? 'float32';
  const elements = toData(nested ? nested.flat : data, type, 'tensor', dtype === undefined);
  const own = nested?.own ?? [elements.length];
  const dims = shape === undefined ? own : shape;
  const expected = elementCount(dims, 'tensor');
  if (expected !== elements.length || (own.length > 1 && String(own) !== String(dims))) {
    const got = own.length > 1 ? showShape(own) : `${elements.length}`;
    wrong('tensor', `${expected} elements for shape ${showShape(dims)}`, got, { as: ShapeError });
  }
  return { dtype: type, shape: [...dims], data: elements };
}

/** The lengths of lists in lists, the outermost first, and what lies in the innermost. */
function unnest(list: readonly unknown[], place: string, around: readonly unknown[] = []): { own: number[]; flat: readonly unknown[] } {
  // A list that contains itself ends here, and is refused as what is no number.
  const ends = !list.some((item) => Array.isArray(item)) || around.includes(list) || around.length > 31;
  if (ends) return { own: [list.length], flat: list };
  // What is not there in a sparse list counts as no list.
  const rows = Array.from(list, (row, i) => (Array.isArray(row) ? unnest(row, `${place}[${i}]`, [...around, list]) : { own: [], flat: [] }));
  const first = rows[0]!.own;
  const odd = rows.findIndex(({ own }) => String(own) !== String(first));
  if (odd >= 0) {
    const [wanted, got] = [first, rows[odd]!.own].map((own) => (own.length > 1 ? showShape(own) : (own[0] ?? 'a number')));
    const at = `${place}[${odd}]`;
    const expected = `${wanted}${typeof wanted === 'number' ? ' elements' : ''} as in ${place}[0]`;
    wrong(at, expected, String(got), { as: ShapeError });
  }
  return { own: [rows.length, ...first], flat: rows.flatMap(({ flat }) => flat) };
}

const DTYPES = Object.keys(ARRAYS) as Dtype[];

/**
 * Numbers as the array that a type is held in; that array itself is kept.
 * @param isTensorCall - whether a third argument would have named the type
 * @throws DtypeError for anything else than that array or a list of numbers; ArgumentError for a buffer that was transferred
 */
export function toData(data: unknown, dtype: Dtype, place: string, isTensorCall = false): DataOf[Dtype] {
  const Type = DTYPES.includes(dtype) ? ARRAYS[dtype] : undefined;
  if (!Type) {
    const expected = DTYPES.join(', ');
    const got = showValue(dtype);
    wrong(place, `one of ${expected}`, got, { as: DtypeError });
  }
  if (Array.isArray(data)) return fromNumbers(data, dtype, place);
  const given = asData(data, place);
  if (given instanceof Type) return given;
  const got = typeName(data);
  const expected = `${dtype} (a ${Type.name})`;
  const hint = given && conversion(given, Type.name, isTensorCall);
  wrong(place, expected, got, { as: DtypeError, hint });
}

/** What to write for an array of another type than the one that is needed. */
function conversion(given: object, wanted: string, isTensorCall: boolean): string {
  const kind = arrayKind(given) ?? '';
  const [from, to] = [kind, wanted].map((name) => name.startsWith('Big'));
  const convert = `${wanted}.from(data${from === to ? '' : to ? ', BigInt' : ', Number'})`;
  const own = isTensorCall ? DTYPES.find((name) => ARRAYS[name].name === kind) : undefined;
  return own ? `write tensor(data, shape, '${own}') to keep its type, or tensor(${convert}, shape)` : `convert it: ${convert}`;
}

function fromNumbers(values: readonly unknown[], dtype: Dtype, place: string): DataOf[Dtype] {
  const long = dtype === 'int64' || dtype === 'uint64';
  // Not `find`: a hole of the list is undefined, as what `find` gives where there is nothing wrong.
  const odd = values.findIndex((value) => !(long ? Number.isInteger(value) || typeof value === 'bigint' : /^(num|boo)/.test(typeof value)));
  if (odd < 0) return long ? ARRAYS[dtype].from((values as number[]).map(BigInt)) : ARRAYS[dtype].from(values as number[]);
  const value = values[odd];
  if (typeof value === 'number') wrong(place, `whole numbers for ${dtype}`, String(value), { as: DtypeError });
  wrong(`${place}[${odd}]`, 'a number', typeName(value), { as: DtypeError });
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
  if (!Array.isArray(shape)) {
    wrong(place, 'a shape, a list of dimensions', typeName(shape));
  }
  let count = 1;
  for (const dim of shape) {
    if (!Number.isSafeInteger(dim) || dim < 0) {
      wrong(place, 'dimensions of non-negative integers', showShape(shape));
    }
    count *= dim;
  }
  if (Number.isSafeInteger(count)) return count;
  wrong(place, 'a shape of at most 2^53 elements', showShape(shape));
}
