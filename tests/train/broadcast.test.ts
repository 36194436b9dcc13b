/** Gradients of operands of fewer dimensions than a map, which lie in another order than it. */
import { describe, expect, it } from 'vitest';
import { add, graph, input, maxPool2d, mul, relu } from '../../ts/ops/layers.js';
import type { Value } from '../../ts/ops/layers.js';
import type { Numbers } from '../../ts/train/session.js';
import { vjpOf } from '../../ts/train/vjp.js';
import { openTrain, TRAIN_VARIANTS } from '../support/train.js';

const numbers = (shape: readonly number[], from: (i: number) => number): Numbers => ({ shape, data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => from(i)) });

const [C, H, W] = [2, 3, 4];
const SHAPES: readonly (readonly number[])[] = [[C, H, W], [C, H, 1], [C, 1, W], [1, H, W], [H, W], [H, 1], [W], [C, 1, 1]];

describe.each(TRAIN_VARIANTS)('%s', (variant) => {
  const engine = openTrain(variant);

  /** The operand's gradient; the map lies channels-last, since a pooling made it. */
  function gradient(write: (map: Value, operand: Value) => Value, shape: readonly number[], n: number, upstream: Numbers): number[] {
    const [x, operand] = [input([n, C, H, W]), input(shape)];
    const net = graph({ x, operand }, { y: relu()(write(maxPool2d(1)(x), operand)) });
    const inputs = new Map([['x', numbers([n, C, H, W], (i) => i + 1)], ['operand', numbers(shape, () => 1)]]);
    return [...vjpOf(engine, net, { weights: new Map(), inputs, upstream: new Map([['y', upstream]]), training: true }).gradients.get('operand')!.data];
  }

  /** Sums of the terms, by NumPy's rule: dimensions meet from the last on. */
  function sums(shape: readonly number[], terms: Numbers): number[] {
    const out = new Float64Array(shape.reduce((a, b) => a * b, 1));
    terms.data.forEach((term, i) => {
      const at = [Math.floor(i / (H * W)) % C, Math.floor(i / W) % H, i % W].slice(3 - shape.length);
      out[at.reduce((place, index, axis) => place * shape[axis]! + (shape[axis] === 1 ? 0 : index), 0)]! += term;
    });
    return [...out];
  }

  it.each(SHAPES.flatMap((shape) => [1, 2].map((n) => [shape, n] as const)))('[%s] beside maps of %i images', (shape, n) => {
    const dy = numbers([n, C, H, W], (i) => i + 1);
    expect(gradient(add, shape, n, dy)).toEqual(sums(shape, dy));
    expect(gradient((map, operand) => add(operand, map), shape, n, dy)).toEqual(sums(shape, dy));
    expect(gradient(mul, shape, n, dy)).toEqual(sums(shape, numbers([n, C, H, W], (i) => (i + 1) ** 2)));
  });
});
