import { FormatError, ShapeError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { showShape } from '../../../base/show.js';
import type { HostTensor, Numbers, OnnxDtype } from '../../form/types.js';
import { required } from '../lib/op.js';
import type { Compute, HostContext } from '../lib/op.js';
import { alongAxis, tuples } from './index.js';
import { axisOf } from '../../form/axis.js';
import { rounded, wrapped } from '../lib/types.js';

type Reduce = (old: number, update: number) => number;

const REDUCTIONS: Readonly<Record<string, Reduce>> = {
  none: (_, update) => update,
  add: (old, update) => old + update,
  mul: (old, update) => old * update,
  max: Math.max,
  min: Math.min,
};

/** How an update is joined with what is there, in the range of the type. */
function reduction({ attributes }: HostContext, dtype: OnnxDtype): Reduce {
  const name = attributes.string('reduction', 'none');
  const found = Object.hasOwn(REDUCTIONS, name) ? REDUCTIONS[name] : undefined;
  if (!found) wrong('reduction', 'a reduction that is known', name, { as: FormatError });
  if (dtype === 'bool') return (old, update) => (found(old, update) !== 0 ? 1 : 0);
  return name === 'add' || name === 'mul' ? (old, update) => wrapped(dtype, found(old, update)) : found;
}

function expectShape(updates: HostTensor, shape: readonly number[]): void {
  if (updates.shape.length === shape.length && updates.shape.every((dim, axis) => dim === shape[axis])) return;
  const [expected, got] = [showShape(shape), showShape(updates.shape)];
  wrong('updates', `${expected}, as indices and data ask for`, got, { as: ShapeError });
}

export const scatterElements: Compute = (context) => {
  const [x, indices, updates] = [required(context, 0), required(context, 1), required(context, 2)];
  expectShape(updates, indices.shape);
  const axis = axisOf(context.attributes.int('axis', 0), x.shape.length);
  const reduce = reduction(context, x.dtype);
  const data = x.data.slice() as Numbers;
  const replaces = reduce === REDUCTIONS['none'];
  alongAxis(indices, x.shape, axis, (i, at) => (data[at] = replaces ? updates.data[i]! : reduce(data[at]!, updates.data[i]!)));
  return [rounded({ ...x, data })];
};

export const scatterNd: Compute = (context) => {
  const [x, indices, updates] = [required(context, 0), required(context, 1), required(context, 2)];
  const { starts, inner, rest } = tuples(x, indices, 0);
  expectShape(updates, [...indices.shape.slice(0, -1), ...rest]);
  const reduce = reduction(context, x.dtype);
  const data = x.data.slice() as Numbers;
  starts.forEach((start, t) => {
    for (let i = 0; i < inner; i++) data[start + i] = reduce(data[start + i]!, updates.data[t * inner + i]!);
  });
  return [rounded({ ...x, data })];
};
