import { runInNewContext } from 'node:vm';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { checkInputs } from '../../ts/session/inputs.js';
import { ArgumentError, DtypeError, ShapeError } from '../../ts/base/errors.js';
import { asRaw } from '../../ts/image/raw.js';
import { bytesOf } from '../../ts/tensor/arrays.js';
import { ARRAYS, elementCount, tensor } from '../../ts/tensor/tensor.js';
import { showShape, showValue, typeName } from '../../ts/base/show.js';
import type { AnyTensor, Tensor } from '../../ts/tensor/tensor.js';

describe('tensor', () => {
  it('keeps a Float32Array, byteOffset included, and converts numbers', () => {
    const data = new Float32Array(8).subarray(2, 8);
    expect(tensor(data, [2, 3]).data).toBe(data);
    expect(tensor([1, 2, 3], [3])).toEqual({ dtype: 'float32', shape: [3], data: Float32Array.of(1, 2, 3) });
    expect(tensor([5], []).shape).toEqual([]);
  });

  it('does not share the caller\'s shape', () => {
    const shape = [3];
    const made = tensor([1, 2, 3], shape);
    shape[0] = 7;
    expect(made.shape).toEqual([3]);
  });

  it('refuses a shape with another number of elements, naming both', () => {
    const make = (): unknown => tensor([1, 2, 3], [2, 2]);
    expect(make).toThrow(ShapeError);
    expect(make).toThrow('tensor: expected 4 elements for shape [2, 2], got 3');
  });

  it.each([[-1], [1.5], [Number.NaN], [Number.POSITIVE_INFINITY]])('refuses the dimension %d', (dim) => {
    expect(() => tensor([1], [dim])).toThrow(ArgumentError);
  });

  it('refuses a product past 2^53', () => {
    expect(() => elementCount([2 ** 30, 2 ** 30], 'x')).toThrow('x: expected a shape of at most 2^53 elements');
  });

  it.each([[new Float64Array(1)], [new Uint8Array(1)], ['text'], [null]])('refuses %o as data', (data) => {
    expect(() => tensor(data as unknown as number[], [1])).toThrow(DtypeError);
  });

  it.each([
    [() => tensor(new Float64Array(1) as never, [1]), "tensor: expected float32 (a Float32Array), got Float64Array; write tensor(data, shape, 'float64') to keep its type, or tensor(Float32Array.from(data), shape)"],
    [() => tensor(new BigInt64Array(1) as never, [1]), "write tensor(data, shape, 'int64') to keep its type, or tensor(Float32Array.from(data, Number), shape)"],
    [() => tensor(new Uint8ClampedArray(1) as never, [1]), 'got Uint8ClampedArray; convert it: Float32Array.from(data)'],
    [() => tensor(new Float64Array(1) as never, [1], 'int64'), 'tensor: expected int64 (a BigInt64Array), got Float64Array; convert it: BigInt64Array.from(data, BigInt)'],
    [() => checkInputs([{ name: 'x', dtype: 'float32', shape: [1] }], new Float64Array(1)), 'x: expected float32 (a Float32Array), got Float64Array; convert it: Float32Array.from(data)'],
  ])('says what to write for an array of another type: %#', (make, message) => {
    expect(make).toThrow(DtypeError);
    expect(make).toThrow(message);
  });

  it('does what it says is to be written', () => {
    expect(tensor(Float64Array.of(1.5), [1], 'float64').data).toEqual(Float64Array.of(1.5));
    expect(tensor(Float32Array.from(BigInt64Array.of(3n), Number), [1]).data).toEqual(Float32Array.of(3));
    expect(tensor(BigInt64Array.from(Float64Array.of(3), BigInt), [1], 'int64').data).toEqual(BigInt64Array.of(3n));
  });

  it('shows texts in quotation marks: in place of numbers they look like those', () => {
    expect([showValue('3'), showValue(3), showValue('a "b"'), showValue(undefined), showShape(['1', 2] as never)]).toEqual(['"3"', '3', '"a \\"b\\""', 'undefined', '["1", 2]']);
    const port = { name: 'x', dtype: 'float32', shape: [2, 3] } as const;
    const given = { dtype: 'float32', shape: [2, '3'], data: new Float32Array(6) } as never;
    expect(() => checkInputs([port], given)).toThrow('x: expected axis 1 to be 3, got [2, "3"]');
  });

  it('shows shapes and types', () => {
    expect(showShape([1, null, 3])).toBe('[1, ?, 3]');
    expect([null, 1, [], new Uint8Array(1), Object.create(null)].map(typeName)).toEqual(['null', 'number', 'Array', 'Uint8Array', 'object']);
  });
});

describe('the shape that the numbers have', () => {
  it('is inferred from lists, nested lists and typed arrays', () => {
    expect(tensor([1, 2, 3])).toEqual({ dtype: 'float32', shape: [3], data: Float32Array.of(1, 2, 3) });
    expect(tensor([[1, 2], [3, 4]])).toEqual({ dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) });
    expect(tensor([[[1], [2]]], undefined, 'int64')).toEqual({ dtype: 'int64', shape: [1, 2, 1], data: BigInt64Array.of(1n, 2n) });
    expect(tensor([[1, 2], [3, 4]], [2, 2]).shape).toEqual([2, 2]);
    expect([tensor([]).shape, tensor([[], []]).shape]).toEqual([[0], [2, 0]]);
    const bytes = Uint8Array.of(1, 2);
    expect(tensor(bytes)).toEqual({ dtype: 'uint8', shape: [2], data: bytes });
    expect(tensor(bytes).data).toBe(bytes);
    expect(tensor(bytes, undefined, 'bool').dtype).toBe('bool');
    expectTypeOf(tensor(bytes)).toEqualTypeOf<Tensor<'uint8'>>();
    expectTypeOf(tensor([[1, 2], [3, 4]])).toEqualTypeOf<Tensor>();
    expectTypeOf(tensor(new BigInt64Array(1))).toEqualTypeOf<Tensor<'int64'>>();
    expectTypeOf(tensor([1], undefined, 'int8')).toEqualTypeOf<Tensor<'int8'>>();
  });

  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  it.each([
    [() => tensor([[1, 2], [1, 2, 3]]), ShapeError, 'tensor[1]: expected 2 elements as in tensor[0], got 3'],
    [() => tensor([[1, 2], [1, 2, 3]], undefined, 'int32'), ShapeError, 'tensor[1]: expected 2 elements as in tensor[0], got 3'],
    [() => tensor([[[1], [2]], [[1], [2, 3]]]), ShapeError, 'tensor[1][1]: expected 1 elements as in tensor[1][0], got 2'],
    [() => tensor([[[1], [2]], [[1, 2], [2, 3]]]), ShapeError, 'tensor[1]: expected [2, 1] as in tensor[0], got [2, 2]'],
    [() => tensor([[1], 2] as never), ShapeError, 'tensor[1]: expected 1 elements as in tensor[0], got a number'],
    [() => tensor([[1, 2], [3, 4]], [4]), ShapeError, 'tensor: expected 4 elements for shape [4], got [2, 2]'],
    [() => tensor([1, 'a'] as never), DtypeError, 'tensor[1]: expected a number, got string'],
    [() => tensor(Array(2) as number[]), DtypeError, 'tensor[0]: expected a number, got undefined'],
    [() => tensor(cyclic as never), DtypeError, 'expected a number, got Array'],
    [() => tensor([1.5], [1], 'int64'), DtypeError, 'tensor: expected whole numbers for int64, got 1.5'],
    [() => tensor([1], 'int32' as never), ArgumentError, 'tensor: expected a shape, a list of dimensions, got string'],
    [() => tensor([1], [1], 'float' as never), DtypeError, 'tensor: expected one of float32, '],
  ] as const)('refuses what has none: %#', (make, Class, message) => {
    expect(make).toThrow(Class);
    expect(make).toThrow(message);
  });
});

describe('arrays of another realm', () => {
  const theirs = <T>(code: string): T => runInNewContext(code) as T;

  it.each(Object.values(ARRAYS).map(({ name }) => name))('a %s is a view on the same memory', (name) => {
    const one = name.startsWith('Big') ? '1n' : '1';
    const given = theirs<Float32Array>(`new ${name}([${one}, ${one}, ${one}]).subarray(1)`);
    const made: AnyTensor = tensor(given);
    expect(made.data).toBeInstanceOf(Object.values(ARRAYS).find((Type) => Type.name === name));
    expect([made.data.length, made.data.buffer === given.buffer, made.data.byteOffset]).toEqual([2, true, given.byteOffset]);
  });

  it('bytes, buffers, pixels and tensors of one', () => {
    expect(bytesOf(theirs('new ArrayBuffer(3)'), 'x')).toEqual(new Uint8Array(3));
    expect(bytesOf(theirs('new Uint8Array([1, 2, 3]).subarray(1)'), 'x')).toEqual(Uint8Array.of(2, 3));
    expect(bytesOf(new SharedArrayBuffer(1), 'x')).toBeUndefined();
    expect(bytesOf(Buffer.from([7]), 'x')).toEqual(Uint8Array.of(7));
    expect(asRaw({ data: theirs('new Uint8ClampedArray(4)'), width: 1, height: 1 })?.channels).toBe(4);
    const port = { name: 'x', dtype: 'float32', shape: [1, 2] } as const;
    expect(checkInputs([port], theirs<Float32Array>('new Float32Array([1, 2])'))[0]?.data).toEqual(Float32Array.of(1, 2));
    expect(checkInputs([port], theirs<{ x: number[] }>('({ x: [1, 2] })'))[0]?.data).toEqual(Float32Array.of(1, 2));
  });
});

describe('a buffer that was transferred', () => {
  const gone = (): Float32Array => {
    const array = new Float32Array(4);
    structuredClone(array, { transfer: [array.buffer] });
    return array;
  };
  const pixels = (): Uint8Array => {
    const array = new Uint8Array(4);
    structuredClone(array, { transfer: [array.buffer] });
    return array;
  };
  const port = { name: 'photo', dtype: 'float32', shape: [4] } as const;

  it.each([
    [() => tensor(gone(), [4]), 'tensor: expected a buffer with its bytes, got a detached one, which was transferred before'],
    [() => checkInputs([port], gone()), 'photo: expected a buffer with its bytes, got a detached one, which was transferred before'],
    [() => checkInputs([port], { photo: { dtype: 'float32', shape: [4], data: gone() } }), 'photo: expected a buffer with its bytes, got a detached one, which was transferred before'],
    [() => bytesOf(gone().buffer, 'model'), 'model: expected a buffer with its bytes, got a detached one, which was transferred before'],
    [() => asRaw({ data: pixels(), width: 1, height: 1 }), 'image: expected a buffer with its bytes, got a detached one, which was transferred before'],
  ])('%#', (use, message) => {
    expect(use).toThrow(ArgumentError);
    expect(use).toThrow(message);
  });

  it('is not an empty one', () => {
    expect(tensor(new Float32Array(0)).shape).toEqual([0]);
  });
});

it('takes 16-bit floats as float32', ({ skip }) => {
  skip(!('Float16Array' in globalThis), 'this engine has no Float16Array');
  const Float16 = Reflect.get(globalThis, 'Float16Array') as Float32ArrayConstructor;
  expect(tensor(Float16.of(1, -2.5), [2]).data).toEqual(Float32Array.of(1, -2.5));
  expect(tensor(Float16.of(1, -2.5))).toEqual({ dtype: 'float32', shape: [2], data: Float32Array.of(1, -2.5) });
});

it('a hole among lists is refused by its place', () => {
  const sparse: number[][] = [[1, 2], [3, 4], [5, 6]];
  delete sparse[1];
  expect(() => tensor(sparse)).toThrow(ShapeError);
  expect(() => tensor(sparse)).toThrow('tensor[1]');
});
