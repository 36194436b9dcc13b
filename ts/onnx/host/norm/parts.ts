import { ShapeError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { showShape } from '../../../base/show.js';
import { allocate, size } from '../../form/tensors.js';
import type { HostTensor, OnnxDtype } from '../../form/types.js';
import { combine } from '../elementwise/elementwise.js';
import { rounded } from '../lib/types.js';

/** Rows of a tensor with mean 0 and variance 1, and what brought them there; all in doubles. */
export interface NormalisedRows {
  readonly y: HostTensor;
  readonly mean: Float64Array;
  /** 1 / sqrt(variance + epsilon). */
  readonly inverse: Float64Array;
}

/**
 * Normalises so many elements after one another at a time.
 * @param centre - whether the mean is subtracted; it counts as 0 otherwise
 */
export function normalisedRows(x: HostTensor, length: number, epsilon: number, centre = true): NormalisedRows {
  const y = allocate('float64', x.data.length);
  const rows = length === 0 ? 0 : x.data.length / length;
  const [mean, inverse] = [new Float64Array(rows), new Float64Array(rows)];
  for (let row = 0; row < rows; row++) {
    const [start, end] = [row * length, (row + 1) * length];
    let sum = 0;
    if (centre) for (let i = start; i < end; i++) sum += x.data[i]!;
    const middle = sum / length;
    let squares = 0;
    for (let i = start; i < end; i++) squares += (x.data[i]! - middle) ** 2;
    const factor = 1 / Math.sqrt(squares / length + epsilon);
    for (let i = start; i < end; i++) y[i] = (x.data[i]! - middle) * factor;
    mean[row] = middle;
    inverse[row] = factor;
  }
  return { y: { dtype: 'float64', shape: x.shape, data: y }, mean, inverse };
}

/** The vector, which has a number for each of `count` features. */
export function perFeature(vector: HostTensor, count: number, place: string): HostTensor {
  if (vector.data.length === count) return vector;
  wrong(place, `${count} numbers`, `${vector.data.length}, ${showShape(vector.shape)}`, { as: ShapeError });
}

/** y * scale + bias in place, where each of `count` features stands for `inner` elements after one another. */
export function scaleFeatures(y: HostTensor, scale: HostTensor, bias: HostTensor, count: number, inner: number): HostTensor {
  perFeature(scale, count, 'scale');
  perFeature(bias, count, 'bias');
  const { data } = y;
  for (let i = 0; i < data.length; i++) {
    const feature = Math.floor(i / inner) % count;
    data[i] = data[i]! * scale.data[feature]! + bias.data[feature]!;
  }
  return y;
}

/** A function of the elements of y and of an operand that stretches to the shape of y. */
export function stretched(y: HostTensor, operand: HostTensor, place: string, f: (a: number, b: number) => number): HostTensor {
  const { shape } = operand;
  const behind = y.shape.slice(y.shape.length - shape.length);
  if (shape.length <= y.shape.length && shape.every((dim, i) => dim === behind[i])) {
    const data = allocate('float64', y.data.length);
    const length = size(shape);
    for (let i = 0; i < data.length; i++) data[i] = f(y.data[i]!, operand.data[i % length]!);
    return { ...y, data };
  }
  const result = combine(y, operand, 'float64', f);
  if (result.shape.length === y.shape.length && result.data.length === y.data.length) return result;
  wrong(place, `a shape that stretches to ${showShape(y.shape)}`, showShape(shape), { as: ShapeError });
}

/** Statistics are computed in doubles whatever the type. */
export function wide(x: HostTensor): HostTensor {
  return { ...x, dtype: 'float64' };
}

export function narrow(x: Omit<HostTensor, 'dtype'>, dtype: OnnxDtype): HostTensor {
  const data = allocate(dtype, x.data.length);
  for (let i = 0; i < data.length; i++) data[i] = x.data[i]!;
  return rounded({ dtype, shape: x.shape, data });
}
