import { resolveAxis } from '../ops/common.js';
import type { Work, WorkNode } from '../passes/work.js';

/** Where in another value a value is written: among whose channels, and from which on. */
export interface Join {
  readonly into: number;
  readonly first: number;
}

/**
 * Values that can be written straight into the concatenation that reads them, so that nothing is left to copy: maps that are
 * put behind each other along their channels and that nothing else reads.
 */
export function findJoins(work: Work): ReadonlyMap<number, Join> {
  const joins = new Map<number, Join>();
  for (const node of work.nodes) {
    const into = alongChannels(work, node);
    if (into === undefined) continue;
    let first = 0;
    for (const value of node.inputs) {
      if (work.useCount(value) === 1 && work.producer(value)?.op.writesChannels) joins.set(value, { into, first });
      first += work.shapes[value]?.[1] ?? 0;
    }
  }
  return joins;
}

/** The output of a node that puts maps behind each other along their channels. */
function alongChannels(work: Work, { op, outputs }: WorkNode): number | undefined {
  const [output] = outputs;
  const rank = output === undefined ? 0 : (work.shapes[output]?.length ?? 0);
  return op.joins && rank === 4 && resolveAxis(op.joins.dim, rank) === 1 ? output : undefined;
}
