import { UnsupportedError } from '../../base/errors.js';
import { showShape } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import type { Tensor } from '../../tensor/tensor.js';
import { expectLabels } from './checks.js';
import type { Batch, Target } from './dataset.js';
import type { Draws } from './draws.js';

/**
 * Mix-up (Zhang et al. 2017, arXiv 1710.09412): each example becomes `t * own + (1 - t) * other`, its target likewise, with the
 * other example drawn from the batch and `t` from Beta(alpha, alpha), for each example anew.
 * @param classes - how many classes there are, for targets that are class indices
 * @throws ArgumentError where classes are not known, or a label names none; UnsupportedError for classes of pixels
 */
export function mixup({ x, y }: Batch, alpha: number, draws: Draws, classes: number | undefined): Batch {
  const soft = softTarget(y, classes);
  const order = draws.uniforms('mixupPairs');
  const others = Array.from(order, (_, i) => i).sort((a, b) => order[a]! - order[b]! || a - b);
  const parts = betas(alpha, draws.uniforms('mixupRadius'), draws.uniforms('mixupAngle'));
  return { x: mixed(x, others, parts), y: mixed(soft, others, parts) };
}

/**
 * Numbers of Beta(alpha, alpha), two uniform ones for each: a number of Student's t by the polar method of Bailey (1994) with
 * 2 alpha degrees of freedom, brought to 0..1 (Devroye 1996, "Random variate generation in one line of code").
 */
export function betas(alpha: number, radii: Float32Array, angles: Float32Array): Float64Array {
  return Float64Array.from(radii, (u, i) => {
    // 1 - u is above 0.
    const t = Math.sqrt((1 - u) ** (-1 / alpha) - 1) * Math.cos(2 * Math.PI * angles[i]!);
    // t / sqrt(1 + t^2) of an infinite t is 1 or -1.
    return t === 0 ? 0.5 : (1 + Math.sign(t) / Math.sqrt(1 + 1 / (t * t))) / 2;
  });
}

function softTarget(y: Target, classes: number | undefined): Tensor {
  if (y.dtype === 'float32') return y;
  if (y.shape.length !== 1) wrong('augment: mixup', 'a class for each image', showShape(y.shape), { as: UnsupportedError });
  if (classes === undefined) return wrong('augment: mixup', 'the number of classes', 'none', { hint: 'give the data the names of its classes' });
  expectLabels(y.data, { place: 'y', count: classes });
  const data = new Float32Array(y.data.length * classes);
  y.data.forEach((label, i) => (data[i * classes + label] = 1));
  return { dtype: 'float32', shape: [y.data.length, classes], data };
}

function mixed({ shape, data }: Tensor, others: readonly number[], parts: Float64Array): Tensor {
  const each = data.length / others.length;
  const out = new Float32Array(data.length);
  others.forEach((other, i) => {
    const part = parts[i]!;
    for (let k = 0; k < each; k++) out[i * each + k] = part * data[i * each + k]! + (1 - part) * data[other * each + k]!;
  });
  return { dtype: 'float32', shape, data: out };
}
