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
