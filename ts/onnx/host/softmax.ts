import { allocate, size } from '../tensors.js';
import type { HostTensor } from '../types.js';
import { required } from './op.js';
import type { HostContext, HostOp, HostOps } from './op.js';
import { axisOf } from './shapes.js';
import { rounded } from './types.js';

type Row = (x: Float64Array, y: Float64Array) => void;

/** Along one axis from opset 13 on; before, over all dimensions from the axis on at once. */
function alongAxis(context: HostContext, row: Row): HostTensor {
  const x = required(context, 0);
  const rank = Math.max(1, x.shape.length);
  const whole = context.opset < 13;
  const axis = axisOf(context.attributes.int('axis', whole ? 1 : -1), rank);
  const length = whole ? size(x.shape.slice(axis)) : (x.shape[axis] ?? 1);
  const inner = whole ? 1 : size(x.shape.slice(axis + 1));
  const data = allocate(x.dtype, x.data.length);
  const [from, to] = [new Float64Array(length), new Float64Array(length)];
  for (let o = 0; length > 0 && o < data.length / (length * inner); o++) {
    for (let i = 0; i < inner; i++) {
      const start = o * length * inner + i;
      for (let k = 0; k < length; k++) from[k] = x.data[start + k * inner]!;
      row(from, to);
      for (let k = 0; k < length; k++) data[start + k * inner] = to[k]!;
    }
  }
  return rounded({ ...x, data });
}

/** The logarithm of the sum of exponentials, without overflow. */
function logSum(x: Float64Array, largest: number): number {
  let sum = 0;
  for (const value of x) sum += Math.exp(value - largest);
  return Math.log(sum) + largest;
}

function rowwise(f: (value: number, logOfSum: number) => number): HostOp {
  return (context) => [
    alongAxis(context, (x, y) => {
      const total = logSum(x, x.reduce((a, b) => Math.max(a, b), -Infinity));
      for (let k = 0; k < x.length; k++) y[k] = f(x[k]!, total);
    }),
  ];
}

/** 1 at the first of the largest. */
const hardmax: HostOp = (context) => [
  alongAxis(context, (x, y) => {
    y.fill(0);
    y[x.indexOf(x.reduce((a, b) => Math.max(a, b), -Infinity))] = 1;
  }),
];

export const softmaxOps: HostOps = {
  Hardmax: hardmax,
  LogSoftmax: rowwise((value, total) => value - total),
  Softmax: rowwise((value, total) => Math.exp(value - total)),
};
