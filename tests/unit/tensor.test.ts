import { describe, expect, it } from 'vitest';
import { ArgumentError, DtypeError, ShapeError } from '../../ts/errors.js';
import { elementCount, showShape, tensor, typeName } from '../../ts/tensor/tensor.js';

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
    expect(make).toThrow('tensor: shape [2, 2] has 4 elements, got 3');
  });

  it.each([[-1], [1.5], [Number.NaN], [Number.POSITIVE_INFINITY]])('refuses the dimension %d', (dim) => {
    expect(() => tensor([1], [dim])).toThrow(ArgumentError);
  });

  it('refuses a product past 2^53', () => {
    expect(() => elementCount([2 ** 30, 2 ** 30], 'x')).toThrow('too many elements');
  });

  it.each([[new Float64Array(1)], [new Uint8Array(1)], ['text'], [null]])('refuses %o as data', (data) => {
    expect(() => tensor(data as unknown as number[], [1])).toThrow(DtypeError);
  });

  it('shows shapes and types', () => {
    expect(showShape([1, null, 3])).toBe('[1, ?, 3]');
    expect([null, 1, [], new Uint8Array(1), Object.create(null)].map(typeName)).toEqual(['null', 'number', 'Array', 'Uint8Array', 'object']);
  });
});
