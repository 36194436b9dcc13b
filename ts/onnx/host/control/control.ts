import { FormatError, ShapeError, UnsupportedError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { allocate, MAX_ELEMENTS, scalar } from '../../form/tensors.js';
import type { HostTensor, OnnxGraph, OnnxPort } from '../../form/types.js';
import { required } from '../lib/op.js';
import type { Compute, HostContext, HostOps } from '../lib/op.js';
import { stacked } from './scan.js';

/** A loop that goes on for longer is taken for one without end. */
const MAX_ITERATIONS = 2 ** 20;

/** The number of a tensor that has one. */
function single({ data }: HostTensor, place: string): number {
  if (data.length === 1) return data[0]!;
  wrong(place, '1 element', String(data.length), { as: ShapeError });
}

const branchOf = (condition: number): string => (condition === 0 ? 'else_branch' : 'then_branch');

const branch: Compute = (context) => {
  const condition = single(required(context, 0), 'cond');
  return context.run(context.attributes.graph(branchOf(condition)), []);
};

/** An input of one number that may be left out. */
function optional({ inputs }: HostContext, index: number, place: string, otherwise: number): number {
  const input = inputs[index];
  return input ? single(input, place) : otherwise;
}

function bodyOf(context: HostContext, carried: number): OnnxGraph {
  const body = context.attributes.graph('body');
  if (body.inputs.length === carried + 2 && body.outputs.length > carried) return body;
  const got = `${body.inputs.length} inputs and ${body.outputs.length} outputs`;
  const expected = `${carried + 2} inputs and at least ${carried + 1} outputs`;
  wrong('body', `${expected} for ${carried} values that are carried`, got, { as: FormatError });
}

const loop: Compute = (context) => {
  let carried: readonly HostTensor[] = context.inputs.slice(2).map((_, i) => required(context, i + 2));
  const body = bodyOf(context, carried.length);
  const trips = optional(context, 0, 'M', Infinity);
  let goOn = optional(context, 1, 'cond', 1) !== 0;
  const ports = body.outputs.slice(1 + carried.length);
  const scanned: HostTensor[][] = ports.map(() => []);
  let collected = 0;
  for (let i = 0; i < trips && goOn; i++) {
    if (i >= MAX_ITERATIONS) wrong('M', `at most ${MAX_ITERATIONS} iterations of a loop`, 'more', { as: UnsupportedError });
    const [condition, ...results] = context.run(body, [scalar('int64', i), scalar('bool', 1), ...carried]) as [HostTensor, ...HostTensor[]];
    goOn = single(condition, 'condition') !== 0;
    scanned.forEach((slices, k) => slices.push(results[carried.length + k]!));
    collected += results.slice(carried.length).reduce((sum, { data }) => sum + data.length, 0);
    if (collected > MAX_ELEMENTS) wrong('body', `at most ${MAX_ELEMENTS} elements collected by a loop`, 'more', { as: UnsupportedError });
    carried = results.slice(0, carried.length);
  }
  return [...carried, ...scanned.map((slices, k) => (slices.length > 0 ? stacked(slices, 0) : nothing(ports[k]!)))];
};

/** What a loop without an iteration collects; dimensions that are open have the size 0. */
function nothing({ name, dtype, shape }: OnnxPort): HostTensor {
  if (!dtype || !shape) {
    throw new FormatError(`${name}: a loop without an iteration leaves type and shape of this output open`, { place: name });
  }
  return { dtype, shape: [0, ...shape.map((dim) => (typeof dim === 'number' ? Math.max(0, dim) : 0))], data: allocate(dtype, 0) };
}

export const controlOps: HostOps = { If: { compute: branch, branch: branchOf }, Loop: loop };
