import { FormatError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { unsupported } from './evaluate.js';
import { Folding } from './fold.js';
import { hostOp } from '../host/registry.js';
import { knownConstants } from './known.js';
import type { Known } from './known.js';
import { lastReads, reads } from './liveness.js';
import { SegmentBuilder } from './segment.js';
import type { Segment, PlanKey } from './segment.js';
import type { HostTensor, OnnxNode } from '../form/types.js';

/** Where planning stands: nodes before `index` are planned, and this is known of their results. */
export interface State {
  readonly nodes: readonly OnnxNode[];
  readonly index: number;
  readonly known: ReadonlyMap<string, Known>;
}

/** What happens next: a segment in the engine, then one node outside of it, after which more is known. */
export interface Leg {
  readonly segment: Segment | undefined;
  readonly host: OnnxNode | undefined;
  /** What is known once the segment has run; planning goes on behind the host node. */
  readonly state: State;
}

/**
 * Plans from where the state stands to the next node that only the host can compute, folding what is constant for inputs of
 * these shapes.
 */
export function planLeg({ nodes: all, index: from, known: before }: State, outputs: readonly string[], sizes: PlanKey): Leg {
  const known = new Map(before);
  const builder = new SegmentBuilder(sizes);
  const folding = new Folding(before);
  const isRead = readNames(all, outputs);
  let nodes = all;
  let index = from;
  let host: OnnxNode | undefined;
  for (; index < nodes.length && !host; index++) {
    const node = nodes[index]!;
    const inputs = node.inputs.map((name) => (name === '' ? undefined : expectKnown(known, name, node)));
    const branch = chosenBranch(node, inputs, known);
    if (branch) {
      nodes = [...nodes.slice(0, index + 1), ...branch, ...nodes.slice(index + 1)];
      continue;
    }
    const results = folding.fold(node, inputs, known) ?? builder.lower(node, inputs, isRead);
    if (results) results.forEach((result, i) => remember(known, node.outputs[i], result));
    else if (hostOp(node)) host = node;
    else throw unsupported(node);
  }
  // A host node is read after the segment: what it and all behind it read must come out of it.
  const last = lastReads(nodes, outputs);
  const isNeeded = (name: string): boolean => (last.get(name) ?? -1) >= (host ? index - 1 : index);
  const segment = builder.isEmpty ? undefined : builder.finish(isNeeded);
  return { segment: segment && segment.outputs.length > 0 ? segment : undefined, host, state: { nodes, index, known } };
}

/** Whether anybody reads a value; conservatively, all that the nodes of a branch not chosen yet might read. */
function readNames(nodes: readonly OnnxNode[], outputs: readonly string[]): (name: string) => boolean {
  const names = new Set([...outputs, ...nodes.flatMap(reads)]);
  return (name) => names.has(name);
}

function expectKnown(known: ReadonlyMap<string, Known>, name: string, node: OnnxNode): Known {
  const found = known.get(name);
  if (found) return found;
  wrong(node.name, `a node before it that computes its input ${name}`, 'none', { as: FormatError });
}

function remember(known: Map<string, Known>, name: string | undefined, result: Known): void {
  if (name !== undefined && name !== '') known.set(name, result);
}

/** The attribute with the branch that a node takes with this condition; undefined for a node that has no branches. */
export function branchOf(node: OnnxNode, condition: HostTensor | undefined): string | undefined {
  return condition?.data.length === 1 ? hostOp(node)?.branch?.(condition.data[0]!) : undefined;
}

/** The state behind a node whose branch is only known now: its nodes come next. */
export function takeBranch({ nodes, index, known: before }: State, node: OnnxNode, branch: string): State {
  const known = new Map(before);
  const taken = nodesOf(node, branch, known) ?? [];
  return { nodes: [...nodes.slice(0, index), ...taken, ...nodes.slice(index)], index, known };
}

function chosenBranch(node: OnnxNode, [condition]: readonly (Known | undefined)[], known: Map<string, Known>): OnnxNode[] | undefined {
  const branch = condition?.constant && branchOf(node, condition.constant.tensor());
  return branch === undefined ? undefined : nodesOf(node, branch, known);
}

/** The nodes of a branch, ending in the outputs of the node that takes it. Its constants become known. */
function nodesOf(node: OnnxNode, branch: string, known: Map<string, Known>): OnnxNode[] | undefined {
  const taken = node.attributes.get(branch);
  if (taken?.kind !== 'graph') return undefined;
  const { nodes, outputs } = taken.value;
  for (const [name, constant] of knownConstants(taken.value)) known.set(name, constant);
  const ends = outputs.map(({ name }, i): OnnxNode => ({
    ...node,
    name: `${node.name} output ${i}`,
    op: 'Identity',
    inputs: [name],
    outputs: [node.outputs[i] ?? ''],
    attributes: new Map(),
  }));
  return [...nodes, ...ends];
}
