import { stridesOf } from '../../../tensor/shape.js';
import { DtypeError, FormatError, ShapeError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { showShape } from '../../../base/show.js';
import { allocate, size } from '../../form/tensors.js';
import type { HostTensor } from '../../form/types.js';
import { required } from '../lib/op.js';
import type { Compute, HostContext, HostOps } from '../lib/op.js';
import { distinctAxes, integersOf, requiredIntegers } from '../lib/lists.js';
import { walk } from '../lib/walk.js';
import { axisOf } from '../../form/axis.js';
import { copyNumbers } from '../lib/copy.js';
import { sliceExtent } from '../../form/slices.js';
import { pad } from './pad.js';

/** Tensors one behind the other along an axis. */
export function concatenate(tensors: readonly HostTensor[], axis: number): HostTensor {
  const first = tensors[0]!;
  const shape = [...first.shape];
  shape[axis] = tensors.reduce((sum, { shape: dims }) => sum + (dims[axis] ?? 0), 0);
  for (const { shape: dims } of tensors) {
    if (dims.length === shape.length && dims.every((dim, i) => i === axis || dim === shape[i])) continue;
    wrong(undefined, `${showShape(first.shape)} outside axis ${axis}`, showShape(dims), { as: ShapeError });
  }
  const data = allocate(first.dtype, size(shape));
  const inner = size(shape.slice(axis + 1));
  const row = shape[axis] * inner;
  let start = 0;
  for (const next of tensors) {
    const length = next.shape[axis]! * inner;
    // A tensor without elements may have any number of rows.
    for (let from = 0, to = start; from < next.data.length; from += length, to += row) copyNumbers(next.data, from, data, to, length);
    start += length;
  }
  return { dtype: first.dtype, shape, data };
}

const concat: Compute = (context) => {
  const first = required(context, 0);
  const tensors = context.inputs.map((_, i) => required(context, i));
  const other = tensors.find(({ dtype }) => dtype !== first.dtype);
  if (other) wrong(undefined, `${first.dtype}, as the first`, other.dtype, { as: DtypeError });
  // Since opset 4 the axis must be given.
  const axis = context.attributes.int('axis', context.opset < 4 ? 1 : undefined);
  return [concatenate(tensors, axisOf(axis, first.shape.length))];
};

/** `count` indices of an axis from `start` on. */
export function part(x: HostTensor, axis: number, start: number, count: number): HostTensor {
  const shape = x.shape.map((dim, i) => (i === axis ? count : dim));
  const data = allocate(x.dtype, size(shape));
  const inner = size(x.shape.slice(axis + 1));
  const [row, length] = [x.shape[axis]! * inner, count * inner];
  for (let from = start * inner, to = 0; to < data.length; from += row, to += length) copyNumbers(x.data, from, data, to, length);
  return { dtype: x.dtype, shape, data };
}

const split: Compute = (context) => {
  const x = required(context, 0);
  const axis = axisOf(context.attributes.int('axis', 0), x.shape.length);
  const total = x.shape[axis]!;
  const lengths = integersOf(context, 'split', 1) ?? equalParts(context, total);
  if (lengths.some((length) => length < 0) || lengths.reduce((a, b) => a + b, 0) !== total) {
    wrong('split', `parts that make up the ${total} of axis ${axis}`, lengths.join(', '), { as: ShapeError });
  }
  let start = 0;
  return lengths.slice(0, context.outputCount).map((length) => {
    start += length;
    return part(x, axis, start - length, length);
  });
};

/** As many parts as there are outputs. Of those that `num_outputs` asks for the last may be smaller. */
function equalParts({ attributes, outputCount }: HostContext, total: number): number[] {
  const count = attributes.int('num_outputs', outputCount);
  if (count < 1 || count < outputCount) {
    wrong('num_outputs', `${outputCount}, as many as outputs`, String(count), { as: FormatError });
  }
  // A number past the axis means empty parts; they are not worth more memory than that.
  if (count > Math.max(outputCount, total)) {
    wrong('num_outputs', `parts of an axis of ${total}`, String(count), { as: FormatError });
  }
  if (!attributes.has('num_outputs') && total % count !== 0) {
    wrong('split', `an axis that divides into ${count} equal parts`, String(total), { as: ShapeError });
  }
  const each = Math.ceil(total / count);
  return Array.from({ length: count }, (_, i) => Math.max(0, Math.min(each, total - i * each)));
}

const slice: Compute = (context) => {
  const x = required(context, 0);
  const [starts, ends] = [requiredIntegers(context, 'starts', 1), requiredIntegers(context, 'ends', 2)];
  const axes = distinctAxes(integersOf(context, 'axes', 3) ?? starts.map((_, i) => i), x.shape.length);
  const steps = integersOf(context, 'steps', 4) ?? starts.map(() => 1);
  if (ends.length !== starts.length || axes.length !== starts.length || steps.length !== starts.length) {
    wrong(undefined, 'as many starts, ends, axes and steps', `${starts.length}, ${ends.length}, ${axes.length} and ${steps.length}`, { as: FormatError });
  }
  const shape = [...x.shape];
  const strides = stridesOf(x.shape);
  let base = 0;
  axes.forEach((axis, i) => {
    const { first, count } = sliceExtent(x.shape[axis]!, starts[i]!, ends[i]!, steps[i]!);
    shape[axis] = count;
    base += first * strides[axis]!;
    strides[axis]! *= steps[i]!;
  });
  const data = allocate(x.dtype, size(shape));
  walk(shape, [strides], (i, [at]) => (data[i] = x.data[base + at!]!));
  return [{ dtype: x.dtype, shape, data }];
};

export const sliceOps: HostOps = { Concat: concat, Pad: pad, Slice: slice, Split: split };
