import type { Graph } from '../graph/graph.js';
import { dropDead, dropIdentities } from './drop.js';
import { foldNorms, foldPads, fuseActivations, fuseResiduals } from './fuse.js';
import { toWork } from './work.js';
import type { Work } from './work.js';

/**
 * The graph made ready for planning. The order matters: a BatchNorm must be gone before the sum and the activation behind
 * it can join the convolution.
 *
 * @param shapes - concrete shape of every value
 * @param optimize - false leaves every node as it is, for comparison
 */
export function runPasses(graph: Graph, shapes: readonly (readonly number[])[], optimize: boolean): Work {
  const work = toWork(graph, shapes);
  if (!optimize) return work;
  for (const pass of [dropIdentities, dropDead, foldPads, foldNorms, fuseResiduals, fuseActivations]) pass(work);
  return work;
}
