/** Operators of the host that the ONNX project's own cases, as they are here, do not have: against NumPy. */
import { describe, expect, test } from 'vitest';
import { ShapeError } from '../../ts/base/errors.js';
import { hostTensor, scalar } from '../../ts/onnx/form/tensors.js';
import type { AttributeValue, HostTensor } from '../../ts/onnx/form/types.js';
import { evaluateNode } from '../../ts/onnx/plan/evaluate.js';

function run(op: string, inputs: readonly (HostTensor | undefined)[], ints: Readonly<Record<string, number>> = {}): HostTensor | undefined {
  const attributes = new Map(Object.entries(ints).map(([name, value]): [string, AttributeValue] => [name, { kind: 'int', value }]));
  return evaluateNode({ name: op, op, domain: '', inputs: [], outputs: ['y'], attributes, opset: 20 }, inputs)[0];
}

describe('Trilu', () => {
  const x = hostTensor('int32', [2, 3, 4], Array.from({ length: 24 }, (_, i) => i + 1));

  /** numpy.triu and numpy.tril of arange(1, 25).reshape(2, 3, 4). */
  test.each([
    [1, 0, [1, 2, 3, 4, 0, 6, 7, 8, 0, 0, 11, 12, 13, 14, 15, 16, 0, 18, 19, 20, 0, 0, 23, 24]],
    [1, 2, [0, 0, 3, 4, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 15, 16, 0, 0, 0, 20, 0, 0, 0, 0]],
    [0, 0, [1, 0, 0, 0, 5, 6, 0, 0, 9, 10, 11, 0, 13, 0, 0, 0, 17, 18, 0, 0, 21, 22, 23, 0]],
    [0, -1, [0, 0, 0, 0, 5, 0, 0, 0, 9, 10, 0, 0, 0, 0, 0, 0, 17, 0, 0, 0, 21, 22, 0, 0]],
    [0, 5, Array.from({ length: 24 }, (_, i) => i + 1)],
  ])('upper %i, diagonal %i', (upper, k, expected) => {
    expect(run('Trilu', [x, scalar('int64', k)], { upper })).toEqual(hostTensor('int32', [2, 3, 4], expected));
  });

  test('the upper side of the main diagonal where nothing is said', () => {
    expect([...run('Trilu', [hostTensor('float32', [2, 2], [1, 2, 3, 4])])!.data]).toEqual([1, 2, 0, 4]);
  });

  test('no rows', () => {
    expect(run('Trilu', [hostTensor('float32', [0, 3], [])])?.shape).toEqual([0, 3]);
    expect(() => run('Trilu', [hostTensor('float32', [3], [1, 2, 3])])).toThrow(ShapeError);
  });
});

/** Elements of a value by their place, from the last dimension on: those of 1 and those that are not there do not move. */
function broadcastAt(shape: readonly number[], place: readonly number[]): number {
  const own = place.slice(place.length - shape.length);
  return shape.reduce((at, dim, i) => at * dim + (dim === 1 ? 0 : own[i]!), 0);
}

const placeOf = (at: number, shape: readonly number[]): number[] =>
  shape.map((dim, i) => Math.floor(at / shape.slice(i + 1).reduce((a, b) => a * b, 1)) % dim);

describe('Expand', () => {
  const integers = (shape: readonly number[]): HostTensor => {
    const length = shape.reduce((a, b) => a * b, 1);
    return hostTensor('int64', shape, Float64Array.from({ length }, (_, i) => i + 1));
  };

  test.each([
    [[], [2, 3]], [[1], [1]], [[3, 1, 1], [3, 4, 5]], [[3, 1], [2, 3, 1]], [[1, 1, 7], [1, 1, 7]], [[2, 3], [4, 2, 3]], [[2, 1, 3], [2, 5, 3]],
    [[5, 1, 30], [5, 1, 30]], [[2, 1, 3, 1], [2, 4, 3, 1]], [[1, 3, 1], [2, 3, 2]], [[2, 1], [2, 0]], [[1, 0], [4, 0]],
  ])('%j to %j', (from, to) => {
    const x = integers(from);
    const got = run('Expand', [x, hostTensor('int64', [to.length], to)])!;
    expect(got.shape).toEqual(to);
    expect([...got.data]).toEqual(Array.from(got.data, (_, at) => x.data[broadcastAt(from, placeOf(at, to))]));
    expect(got.data.length).toBe(to.reduce((a, b) => a * b, 1));
  });
});

describe('ScatterElements', () => {
  test.each([
    [[4, 3, 2], [2, 3, 2], 0], [[4, 3, 2], [4, 2, 2], 1], [[4, 3, 2], [4, 3, 1], -1], [[4, 3, 2], [2, 2, 1], 0], [[5], [3], 0], [[2, 3], [2, 0], 1],
  ])('%j by indices %j along axis %i', (shape, of, axis) => {
    const [dim, along] = [shape.at(axis)!, axis < 0 ? axis + shape.length : axis];
    const x = hostTensor('float32', shape, Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => -i));
    const length = of.reduce((a, b) => a * b, 1);
    // No index comes twice in a line; every other one counts from the end.
    const indices = Float64Array.from({ length }, (_, i) => (dim - 1 - placeOf(i, of)[along]!) - (i % 2 === 0 ? 0 : dim));
    const updates = Float32Array.from({ length }, (_, i) => i + 1);
    const expected = [...x.data];
    indices.forEach((index, i) => {
      const place = placeOf(i, of).map((at, d) => (d === along ? (index + dim) % dim : at));
      expected[shape.reduce((at, size, d) => at * size + place[d]!, 0)] = updates[i]!;
    });
    expect([...run('ScatterElements', [x, hostTensor('int64', of, indices), hostTensor('float32', of, updates)], { axis })!.data]).toEqual(expected);
  });
});

test.each([
  [[1, 5], [1, 0], [1, 2, 3, 4, 5]], [[2, 1, 3], [0, 2, 1], [1, 2, 3, 4, 5, 6]], [[2, 1, 3], [2, 1, 0], [1, 4, 2, 5, 3, 6]], [[2, 1, 3], [1, 0, 2], [1, 2, 3, 4, 5, 6]],
])('Transpose of whole numbers %j by %j', (shape, perm, expected) => {
  const x = hostTensor('int64', shape, Float64Array.from(expected, (_, i) => i + 1));
  const attributes = new Map<string, AttributeValue>([['perm', { kind: 'ints', value: perm }]]);
  const [got] = evaluateNode({ name: 't', op: 'Transpose', domain: '', inputs: [], outputs: ['y'], attributes, opset: 20 }, [x]);
  expect(got).toEqual(hostTensor('int64', perm.map((axis) => shape[axis]!), Float64Array.from(expected)));
});
