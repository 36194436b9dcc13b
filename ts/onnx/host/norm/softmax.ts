import { allocate, size } from '../../form/tensors.js';
import type { HostTensor, Numbers } from '../../form/types.js';
import { required } from '../lib/op.js';
import type { Compute, HostContext, HostOps } from '../lib/op.js';
import { axisOf } from '../../form/axis.js';
import { rounded } from '../lib/types.js';

type Row = (x: Numbers, y: Numbers) => void;

/** Along one axis from opset 13 on; before, over all dimensions from the axis on at once. */
function alongAxis(context: HostContext, row: Row): HostTensor {
  const x = required(context, 0);
  const rank = Math.max(1, x.shape.length);
  const whole = context.opset < 13;
  const axis = axisOf(context.attributes.int('axis', whole ? 1 : -1), rank);
  const data = allocate(x.dtype, x.data.length);
  if (data.length === 0) return { ...x, data };
  const length = whole ? size(x.shape.slice(axis)) : (x.shape[axis] ?? 1);
  const inner = whole ? 1 : size(x.shape.slice(axis + 1));
  const [from, to] = [allocate('float64', length), allocate('float64', length)];
  for (let o = 0; o < data.length / (length * inner); o++) {
    for (let i = 0; i < inner; i++) {
      const start = o * length * inner + i;
      for (let k = 0; k < length; k++) from[k] = x.data[start + k * inner]!;
      row(from, to);
      for (let k = 0; k < length; k++) data[start + k * inner] = to[k]!;
    }
  }
  return rounded({ ...x, data });
}

/** NaN if any number is. */
function largest(x: Numbers): number {
  let most = -Infinity;
  for (const value of x) most = Math.max(most, value);
  return most;
}

/** Both are taken of the distance from the largest, which keeps the exponentials from overflowing. */
const softmax: Row = (x, y) => {
  const most = largest(x);
  let sum = 0;
  for (let k = 0; k < x.length; k++) sum += y[k] = Math.exp(x[k]! - most);
  for (let k = 0; k < x.length; k++) y[k]! /= sum;
};

const logSoftmax: Row = (x, y) => {
  const most = largest(x);
  let sum = 0;
  for (const value of x) sum += Math.exp(value - most);
  const log = Math.log(sum);
  for (let k = 0; k < x.length; k++) y[k] = x[k]! - most - log;
};

/** 1 at the first of the largest. */
const hardmax: Row = (x, y) => {
  const most = largest(x);
  const first = x.findIndex((value) => value === most || Number.isNaN(value));
  y.fill(0);
  y[first] = 1;
};

function rowwise(row: Row): Compute {
  return (context) => [alongAxis(context, row)];
}

export const softmaxOps: HostOps = {
  Hardmax: rowwise(hardmax),
  LogSoftmax: rowwise(logSoftmax),
  Softmax: rowwise(softmax),
};
