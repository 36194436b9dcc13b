import { FormatError, ShapeError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { showShape } from '../../../base/show.js';
import { allocate, reshaped, size } from '../../form/tensors.js';
import type { HostTensor } from '../../form/types.js';
import { required } from '../lib/op.js';
import type { Compute, HostContext, HostOps } from '../lib/op.js';
import { stridesOf } from '../../../tensor/shape.js';
import { walk } from '../lib/walk.js';

/** The same numbers with dimensions in another order; the very ones where none but dimensions of 1 move. */
export function permuted(x: HostTensor, perm: readonly number[]): HostTensor {
  const shape = perm.map((axis) => x.shape[axis] ?? 1);
  const long = perm.filter((axis) => x.shape[axis] !== 1);
  if (long.every((axis, i) => i === 0 || axis > long[i - 1]!)) return reshaped(x, shape);
  const strides = stridesOf(x.shape);
  const data = allocate(x.dtype, size(shape));
  walk(shape, [perm.map((axis) => strides[axis] ?? 0)], (i, [at]) => (data[i] = x.data[at!]!));
  return { dtype: x.dtype, shape, data };
}

const transpose: Compute = (context) => {
  const x = required(context, 0);
  const rank = x.shape.length;
  const perm = context.attributes.ints('perm', x.shape.map((_, axis) => rank - 1 - axis));
  if (perm.length !== rank || new Set(perm).size !== rank || perm.some((axis) => axis < 0 || axis >= rank)) {
    wrong('perm', `an order of ${rank} dimensions`, `[${perm.join(', ')}]`, { as: FormatError });
  }
  return [permuted(x, perm)];
};

interface Blocks {
  readonly x: HostTensor;
  readonly n: number;
  readonly c: number;
  readonly h: number;
  readonly w: number;
  /** Side of a block. */
  readonly b: number;
  /** Whether channels count blocks first (DCR) or channels of the result first (CRD). */
  readonly depthFirst: boolean;
}

function blocksOf(context: HostContext): Blocks {
  const x = required(context, 0);
  const [n, c, h, w] = x.shape;
  const b = context.attributes.int('blocksize');
  if (x.shape.length !== 4 || n === undefined || c === undefined || h === undefined || w === undefined) {
    wrong(undefined, '[N, C, H, W]', showShape(x.shape), { as: ShapeError });
  }
  if (b < 1 || !Number.isSafeInteger(b * b)) wrong('blocksize', 'a whole number from 1 on', String(b), { as: FormatError });
  const mode = context.attributes.string('mode', 'DCR');
  if (mode !== 'DCR' && mode !== 'CRD') wrong('mode', 'DCR or CRD', mode, { as: FormatError });
  return { x, n, c, h, w, b, depthFirst: mode === 'DCR' };
}

/** Channels become blocks of pixels (Shi et al. 2016, arXiv 1609.05158). */
const depthToSpace: Compute = (context) => {
  const { x, n, c, h, w, b, depthFirst } = blocksOf(context);
  const rest = c / (b * b);
  if (!Number.isInteger(rest)) wrong('blocksize', `channels that divide into blocks of ${b} x ${b}`, String(c), { as: ShapeError });
  const split = depthFirst ? [n, b, b, rest, h, w] : [n, rest, b, b, h, w];
  const moved = permuted(reshaped(x, split), depthFirst ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3]);
  return [reshaped(moved, [n, rest, h * b, w * b])];
};

/** Blocks of pixels become channels. */
const spaceToDepth: Compute = (context) => {
  const { x, n, c, h, w, b, depthFirst } = blocksOf(context);
  if (h % b !== 0 || w % b !== 0) wrong('blocksize', `a map that divides into blocks of ${b} x ${b}`, `${h} x ${w}`, { as: ShapeError });
  const split = [n, c, h / b, b, w / b, b];
  const moved = permuted(reshaped(x, split), depthFirst ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4]);
  return [reshaped(moved, [n, c * b * b, h / b, w / b])];
};

export const layoutOps: HostOps = { DepthToSpace: depthToSpace, SpaceToDepth: spaceToDepth, Transpose: transpose };
