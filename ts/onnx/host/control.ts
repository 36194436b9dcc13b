import { FormatError, UnsupportedError } from '../../errors.js';
import { scalar } from '../tensors.js';
import type { HostTensor } from '../types.js';
import { required } from './op.js';
import type { HostOp, HostOps } from './op.js';
import { concatenate } from './slice.js';

/** A loop that goes on for longer is taken for one without end. */
const MOST_ITERATIONS = 2 ** 20;

const branch: HostOp = (context) => {
  const condition = required(context, 0).data[0] ?? 0;
  return context.run(context.attributes.graph(condition === 0 ? 'else_branch' : 'then_branch'), []);
};

const loop: HostOp = (context) => {
  const body = context.attributes.graph('body');
  const trips = context.inputs[0]?.data[0] ?? Infinity;
  let goOn = (context.inputs[1]?.data[0] ?? 1) !== 0;
  let carried: readonly HostTensor[] = context.inputs.slice(2).map((_, i) => required(context, i + 2));
  const scanned: HostTensor[][] = body.outputs.slice(1 + carried.length).map(() => []);
  for (let i = 0; i < trips && goOn; i++) {
    if (i >= MOST_ITERATIONS) throw new UnsupportedError(`a loop of more than ${MOST_ITERATIONS} iterations`);
    const [condition, ...results] = context.run(body, [scalar('int64', i), scalar('bool', 1), ...carried]);
    goOn = (condition?.data[0] ?? 0) !== 0;
    carried = results.slice(0, carried.length);
    results.slice(carried.length).forEach((result, k) => scanned[k]?.push({ ...result, shape: [1, ...result.shape] }));
  }
  return [...carried, ...scanned.map(stacked)];
};

function stacked(slices: readonly HostTensor[]): HostTensor {
  if (slices.length > 0) return concatenate(slices, 0);
  throw new FormatError('a loop without an iteration leaves the type of its results open');
}

export const controlOps: HostOps = { If: branch, Loop: loop };
