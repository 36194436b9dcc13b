import { FormatError, ShapeError, UnsupportedError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { axisOf } from '../../form/axis.js';
import { allocate, size } from '../../form/tensors.js';
import { perAxis } from '../../form/window.js';
import type { HostTensor } from '../../form/types.js';
import { copyNumbers } from '../lib/copy.js';
import { required } from '../lib/op.js';
import type { Compute, HostOps } from '../lib/op.js';
import { concatenate } from '../shape/slice.js';

/** What lies at one index of an axis, which is no dimension any more. */
function sliceAt({ dtype, shape, data }: HostTensor, axis: number, index: number): HostTensor {
  const [outer, dim, inner] = [size(shape.slice(0, axis)), shape[axis]!, size(shape.slice(axis + 1))];
  const slice = allocate(dtype, outer * inner);
  for (let o = 0; o < outer; o++) copyNumbers(data, (o * dim + index) * inner, slice, o * inner, inner);
  return { dtype, shape: shape.filter((_, at) => at !== axis), data: slice };
}

/** Slices beside each other along a new axis. */
export function stacked(slices: readonly HostTensor[], axis: number): HostTensor {
  const at = axisOf(axis, slices[0]!.shape.length + 1);
  return concatenate(slices.map((slice) => ({ ...slice, shape: [...slice.shape.slice(0, at), 1, ...slice.shape.slice(at)] })), at);
}

/** A body over the slices of some inputs, with states that go from one to the next; its other outputs are collected. */
const scan: Compute = (context) => {
  if (context.opset < 9) wrong(undefined, 'Scan of operator set 9 or later', String(context.opset), { as: UnsupportedError });
  const body = context.attributes.graph('body');
  const count = context.attributes.int('num_scan_inputs');
  const carried = context.inputs.length - count;
  const collected = body.outputs.length - carried;
  if (!(count >= 1 && carried >= 0 && collected >= 0) || body.inputs.length !== context.inputs.length) {
    wrong('body', `${context.inputs.length} inputs, ${count} of them slices, and at least ${carried} outputs`, `${body.inputs.length} and ${body.outputs.length}`, { as: FormatError });
  }
  const scanned = Array.from({ length: count }, (_, i) => required(context, carried + i));
  const axes = perAxis(context.attributes, 'scan_input_axes', count, 0).map((axis, i) => axisOf(axis, scanned[i]!.shape.length));
  const backwards = perAxis(context.attributes, 'scan_input_directions', count, 0);
  const [steps = 0, ...others] = scanned.map(({ shape }, i) => shape[axes[i]!]!);
  if (others.some((length) => length !== steps)) wrong('inputs', `${steps} slices of each`, others.join(', '), { as: ShapeError });
  if (steps === 0 && collected > 0) wrong('inputs', 'at least one slice, from which the outputs have their shapes', 'none', { as: UnsupportedError });
  let states: readonly HostTensor[] = Array.from({ length: carried }, (_, i) => required(context, i));
  const outputs: HostTensor[][] = Array.from({ length: collected }, () => []);
  for (let step = 0; step < steps; step++) {
    const slices = scanned.map((tensor, i) => sliceAt(tensor, axes[i]!, backwards[i] === 0 ? step : steps - 1 - step));
    const results = context.run(body, [...states, ...slices]);
    states = results.slice(0, carried);
    outputs.forEach((list, i) => list.push(results[carried + i]!));
  }
  const to = perAxis(context.attributes, 'scan_output_axes', collected, 0);
  const reversed = perAxis(context.attributes, 'scan_output_directions', collected, 0);
  return [...states, ...outputs.map((list, i) => stacked(reversed[i] === 0 ? list : [...list].reverse(), to[i]!))];
};

export const scanOps: HostOps = { Scan: scan };
