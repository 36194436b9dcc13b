import { allocate, size } from '../../form/tensors.js';
import type { HostTensor } from '../../form/types.js';
import { numbersOf, required } from '../lib/op.js';
import type { Compute, HostContext, HostOps } from '../lib/op.js';
import { inOrder, resizeForm, upsampleForm } from '../../form/resize.js';
import type { ResizeForm, ResizeNode } from '../../form/resize.js';
import { tapsAt } from '../../form/taps.js';
import type { AxisPlan, Settings } from '../../form/taps.js';
import { stridesOf } from '../../../tensor/shape.js';
import { isFloat, rangeOf, rounded } from '../lib/types.js';

/** Resizes one axis. */
function along(x: HostTensor, axis: number, plan: AxisPlan, settings: Settings, extrapolation: number): HostTensor {
  const shape = x.shape.map((dim, i) => (i === axis ? plan.to : dim));
  const inner = stridesOf(x.shape)[axis]!;
  const outer = size(x.shape.slice(0, axis));
  const data = allocate('float64', size(shape));
  for (let at = 0; at < plan.to; at++) {
    const taps = tapsAt(at, plan, settings);
    for (let o = 0; o < outer; o++) {
      const to = (o * plan.to + at) * inner;
      if (!taps) {
        data.fill(extrapolation, to, to + inner);
        continue;
      }
      for (let t = 0; t < taps.indices.length; t++) {
        const from = (o * plan.from + taps.indices[t]!) * inner;
        const weight = taps.weights[t]!;
        for (let i = 0; i < inner; i++) data[to + i]! += weight * x.data[from + i]!;
      }
    }
  }
  return { dtype: 'float64', shape, data };
}

/**
 * An interpolated number as an integer: cut off between two pixels, rounded between more. Where it misses an integer by less
 * than a float32 can tell, it is that integer.
 */
function whole(value: number, { mode, antialias }: Settings): number {
  if (mode === 'nearest') return value;
  if (mode === 'cubic' || antialias) return Math.sign(value) * Math.floor(Math.abs(value) + 0.5);
  return Math.trunc(Math.abs(value) < 2 ** 22 ? Math.fround(value) : value);
}

/** Axis by axis; integers stay in the range of their type. */
function apply(x: HostTensor, form: ResizeForm): HostTensor {
  const { plans, settings, extrapolation } = form;
  const shape = plans.map((plan) => plan.to);
  const data = allocate(x.dtype, size(shape));
  if (data.length === 0) return { dtype: x.dtype, shape, data };
  let result: HostTensor = x;
  for (const { plan, axis } of inOrder(form)) result = along(result, axis, plan, settings, extrapolation);
  const float = isFloat(x.dtype);
  const [least, most] = rangeOf(x.dtype);
  for (let i = 0; i < data.length; i++) {
    const value = result.data[i]!;
    data[i] = float ? value : Math.max(least, Math.min(most, whole(value, settings)));
  }
  return rounded({ dtype: x.dtype, shape, data });
}

const nodeOf = (context: HostContext): ResizeNode => ({ ...context, numbers: (input) => numbersOf(context, input) });

const resized = (formOf: (node: ResizeNode, shape: readonly number[]) => ResizeForm): Compute => (context) => {
  const x = required(context, 0);
  return [apply(x, formOf(nodeOf(context), x.shape))];
};

export const resizeOps: HostOps = { Resize: resized(resizeForm), Upsample: resized(upsampleForm) };
