/** Parameters and a batch that all learners are given: made by a formula, so that losses can be compared. */
import { inputOf, product, weightsOf } from '../weights.mjs';

/** @returns `params` by name, `x`, and `classes` of each example or pixel */
export function learnt({ graph, input, output }) {
  const [n, classes, ...map] = output;
  const shape = [n, ...map];
  const labels = Float32Array.from({ length: product(shape) }, (_, i) => (i * 7919) % classes);
  return { params: weightsOf(graph), x: { shape: input, data: inputOf(input) }, target: { shape, data: labels } };
}

/** SGD with momentum, small enough that losses of a random network stay finite. */
export const RATE = 1e-3;
export const MOMENTUM = 0.9;
