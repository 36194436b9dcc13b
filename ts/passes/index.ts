import type { Graph } from '../graph/graph.js';
import { dropDead, dropIdentities } from './drop.js';
import { fuseGates } from './gates.js';
import { sinkLayouts } from './layout.js';
import { mergeReshapes, shareEqual, sinkReshapes } from './simplify.js';
import { fuse } from './fuse.js';
import { toWork } from './work.js';
import type { Work } from './work.js';

/** Deduplicate, then drop transposes, then match patterns, then fuse: each pass relies on those before it. */
const PASSES: readonly ((work: Work) => void)[] = [
  dropIdentities,
  shareEqual,
  sinkReshapes,
  mergeReshapes,
  sinkLayouts,
  dropDead,
  fuseGates,
  fuse,
];

/**
 * The graph made ready for planning.
 *
 * @param shapes - concrete shape of every value
 * @param optimize - false leaves every node that an output needs as it is, for comparison
 */
export function runPasses(graph: Graph, shapes: (readonly number[])[], optimize: boolean): Work {
  const work = toWork(graph, shapes);
  dropDead(work);
  if (!optimize) return work;
  for (const pass of PASSES) pass(work);
  return work;
}
