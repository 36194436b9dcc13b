import { FormatError, ShapeError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { showShape } from '../../../base/show.js';
import { allocate, size } from '../../form/tensors.js';
import type { HostTensor, Numbers } from '../../form/types.js';
import { required } from '../lib/op.js';
import type { Compute, HostContext } from '../lib/op.js';
import { checkedShape, distinctAxes, integersOf, requiredIntegers } from '../lib/lists.js';
import { stridesOf } from '../../../tensor/shape.js';
import { rounded } from '../lib/types.js';

/** Marks what comes from no index of the axis, but is the constant. */
const NOWHERE = -1;

const wrap = (at: number, period: number): number => ((at % period) + period) % period;

/** From which of `dim` indices one before, among or behind them comes. */
const SOURCES: Readonly<Record<string, (at: number, dim: number) => number>> = {
  constant: (at, dim) => (at >= 0 && at < dim ? at : NOWHERE),
  edge: (at, dim) => Math.max(0, Math.min(dim - 1, at)),
  wrap,
  reflect: (at, dim) => {
    if (dim === 1) return 0;
    const folded = wrap(at, 2 * (dim - 1));
    return folded < dim ? folded : 2 * (dim - 1) - folded;
  },
};

/** Padding; where it is negative, the axis is cut off first. */
export const pad: Compute = (context) => {
  const x = required(context, 0);
  const mode = context.attributes.string('mode', 'constant');
  const source = Object.hasOwn(SOURCES, mode) ? SOURCES[mode] : undefined;
  if (!source) wrong('mode', 'a mode of padding that is known', mode, { as: FormatError });
  const pads = padsOf(context, x);
  const rank = x.shape.length;
  const shape = checkedShape(x.shape.map((dim, axis) => dim + pads[axis]! + pads[rank + axis]!));
  const data = allocate(x.dtype, size(shape));
  if (data.length === 0) return [{ dtype: x.dtype, shape, data }];
  const strides = stridesOf(x.shape);
  const offsets = shape.map((count, axis) => {
    const cut = Math.max(0, -pads[axis]!);
    const dim = x.shape[axis]! - cut - Math.max(0, -pads[rank + axis]!);
    if (dim <= 0 && mode !== 'constant') wrong('pads', `pads that leave something of axis ${axis} of ${showShape(x.shape)} for ${mode} padding to repeat`, 'none', { as: ShapeError });
    const before = pads[axis]! + cut;
    const from = new Float64Array(count);
    for (let i = 0; i < count; i++) from[i] = offsetOf(source(i - before, dim), cut, strides[axis]!);
    return from;
  });
  fillFrom(x.data, offsets, padValue(context), data);
  return [rounded({ dtype: x.dtype, shape, data })];
};

function offsetOf(at: number, cut: number, stride: number): number {
  return at === NOWHERE ? Number.NaN : (at + cut) * stride;
}

/** Each element from the sum of its axes' offsets; the constant where one of them is NaN. */
function fillFrom(from: Numbers, offsets: readonly Float64Array[], constant: number, data: Numbers): void {
  const inner = offsets.at(-1) ?? Float64Array.of(0);
  const outer = offsets.slice(0, -1);
  const at = outer.map(() => 0);
  for (let start = 0; start < data.length; start += inner.length) {
    const base = outer.reduce((sum, axis, i) => sum + axis[at[i]!]!, 0);
    for (let i = 0; i < inner.length; i++) {
      const source = base + inner[i]!;
      data[start + i] = Number.isNaN(source) ? constant : from[source]!;
    }
    for (let axis = outer.length - 1; axis >= 0; axis--) {
      at[axis]!++;
      if (at[axis]! < outer[axis]!.length) break;
      at[axis] = 0;
    }
  }
}

/** An attribute before opset 11, then an input; 0 if neither is there. */
function padValue({ attributes, inputs }: HostContext): number {
  return inputs[2]?.data[0] ?? attributes.float('value', 0);
}

/** Before and behind each axis, of all axes. */
function padsOf(context: HostContext, x: HostTensor): number[] {
  // Opset 1 had another name.
  const given = requiredIntegers(context, context.attributes.has('paddings') ? 'paddings' : 'pads', 1);
  const rank = x.shape.length;
  const axes = distinctAxes(integersOf(context, 'axes', 3) ?? x.shape.map((_, axis) => axis), rank);
  if (given.length !== 2 * axes.length) wrong('pads', `${2 * axes.length} pads for ${axes.length} axes`, String(given.length), { as: FormatError });
  const pads = new Array<number>(2 * rank).fill(0);
  axes.forEach((axis, i) => {
    pads[axis] = given[i]!;
    pads[rank + axis] = given[axes.length + i]!;
  });
  return pads;
}
