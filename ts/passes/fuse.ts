import type { Effect } from '../graph/op.js';
import type { Work, WorkNode } from './work.js';

/** The neighbour that may do a node's work along with its own, and what that one reads and writes then. */
interface Neighbour {
  readonly into: WorkNode;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

type Find = (work: Work, node: WorkNode) => Neighbour | undefined;

/**
 * Who may absorb each effect, in the order in which they are absorbed: a BatchNorm must be gone before the sum and the activation
 * behind it can join the convolution.
 */
const ABSORBED: readonly (readonly [Effect['kind'], Find])[] = [
  ['pad', onlyReader],
  ['norm', onlyWriter],
  ['sum', laterWriter],
  ['activation', onlyWriter],
];

/**
 * Puts a node's work into a neighbour that absorbs it: padding into what reads it, all else into what writes its input. Its
 * parameters come under roles of the effect: `norm.weight`.
 */
export function fuse(work: Work): void {
  for (const [kind, find] of ABSORBED) {
    for (const node of work.nodes.filter(({ op }) => op.effect?.kind === kind)) {
      const { effect } = node.op;
      const found = find(work, node);
      const op = effect && found?.into.op.absorb?.(effect);
      if (!found || !op) continue;
      const params = Object.entries(node.params).map(([role, name]): [string, string] => [`${kind}.${role}`, name]);
      work.remove(node);
      work.change(found.into, { op, inputs: found.inputs, outputs: found.outputs, params: { ...found.into.params, ...Object.fromEntries<string>(params) } });
    }
  }
}

/** The node that reads a node's output first of all, where nothing else reads it. */
function onlyReader(work: Work, { inputs: [source], outputs: [output] }: WorkNode): Neighbour | undefined {
  if (source === undefined || output === undefined || work.useCount(output) !== 1) return undefined;
  const into = work.readers(output).find(({ inputs }) => inputs[0] === output);
  if (!into) return undefined;
  return { into, inputs: [source, ...into.inputs.slice(1)], outputs: into.outputs };
}

/** The node that writes a node's input, where nothing else reads that: the value will not exist any more. */
function onlyWriter(work: Work, { inputs: [value], outputs }: WorkNode): Neighbour | undefined {
  const into = value !== undefined && work.useCount(value) === 1 ? work.producer(value) : undefined;
  return into && { into, inputs: into.inputs, outputs };
}

/**
 * Of the nodes that write the two values of a sum the one that is computed later: the other value is there by then, and read as
 * well. Not for a sum that broadcasts.
 */
function laterWriter(work: Work, { inputs: [a, b], outputs }: WorkNode): Neighbour | undefined {
  if (a === undefined || b === undefined || a === b) return undefined;
  const [value, other] = work.placeOf(a) > work.placeOf(b) ? [a, b] : [b, a];
  const into = work.producer(value);
  if (!into || work.useCount(value) !== 1 || !work.sameShape([value, other, outputs[0]])) return undefined;
  return { into, inputs: [...into.inputs, other], outputs };
}
