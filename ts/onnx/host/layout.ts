import { FormatError, ShapeError } from '../../errors.js';
import { allocate, size } from '../tensors.js';
import type { HostTensor } from '../types.js';
import { required } from './op.js';
import type { HostContext, HostOp, HostOps } from './op.js';
import { stridesOf, walk } from './shapes.js';

/** The same numbers with dimensions in another order. */
export function permuted(x: HostTensor, perm: readonly number[]): HostTensor {
  const shape = perm.map((axis) => x.shape[axis] ?? 1);
  const strides = stridesOf(x.shape);
  const data = allocate(x.dtype, size(shape));
  walk(shape, [perm.map((axis) => strides[axis] ?? 0)], (i, [at]) => (data[i] = x.data[at!]!));
  return { dtype: x.dtype, shape, data };
}

const transpose: HostOp = (context) => {
  const x = required(context, 0);
  const rank = x.shape.length;
  const perm = context.attributes.ints('perm', x.shape.map((_, axis) => rank - 1 - axis));
  if (perm.length !== rank || new Set(perm).size !== rank || perm.some((axis) => axis < 0 || axis >= rank)) {
    throw new FormatError(`perm [${perm.join(', ')}] is no order of ${rank} dimensions`, { place: 'perm' });
  }
  return [permuted(x, perm)];
};

function map(context: HostContext): readonly [HostTensor, number, number, number, number, number] {
  const x = required(context, 0);
  const [n, c, h, w] = x.shape;
  const block = context.attributes.int('blocksize');
  if (x.shape.length !== 4 || n === undefined || c === undefined || h === undefined || w === undefined) {
    throw new ShapeError(`expected [N, C, H, W], got ${x.shape.length} dimensions`);
  }
  if (block < 1) throw new FormatError(`blocksize is ${block}`, { place: 'blocksize' });
  return [x, n, c, h, w, block];
}

/** Channels become blocks of pixels (Shi et al. 2016, arXiv 1609.05158). */
const depthToSpace: HostOp = (context) => {
  const [x, n, c, h, w, b] = map(context);
  const mode = context.attributes.string('mode', 'DCR');
  const rest = c / (b * b);
  if (!Number.isInteger(rest)) throw new ShapeError(`${c} channels do not divide into blocks of ${b} x ${b}`);
  const split = mode === 'DCR' ? [n, b, b, rest, h, w] : [n, rest, b, b, h, w];
  const perm = mode === 'DCR' ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3];
  const moved = permuted({ ...x, shape: split }, perm);
  return [{ ...moved, shape: [n, rest, h * b, w * b] }];
};

const spaceToDepth: HostOp = (context) => {
  const [x, n, c, h, w, b] = map(context);
  if (h % b !== 0 || w % b !== 0) throw new ShapeError(`${h} x ${w} does not divide into blocks of ${b} x ${b}`);
  const perm = context.attributes.string('mode', 'DCR') === 'DCR' ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4];
  const moved = permuted({ ...x, shape: [n, c, h / b, b, w / b, b] }, perm);
  return [{ ...moved, shape: [n, c * b * b, h / b, w / b] }];
};

export const layoutOps: HostOps = { DepthToSpace: depthToSpace, SpaceToDepth: spaceToDepth, Transpose: transpose };
