import { GraphError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import { showValue } from '../base/show.js';
import { chooseOutputs } from '../graph/choose-outputs.js';
import { isGraph } from '../graph/graph.js';
import type { Graph } from '../graph/graph.js';
import { isGraphData } from '../graph/to-data.js';
import type { GraphData } from '../graph/to-data.js';

/**
 * The same network with other outputs: module paths (`layer1`, `features.2`) or the outputs it has. This is how to look
 * at what happens inside. The `graph` of a loaded model stays plain data.
 * @throws GraphError with the nearest name that there is
 */
export function withOutputs<Network extends Graph | GraphData>(graph: Network, names: readonly string[]): Network {
  if (!isGraph(graph) && !isGraphData(graph)) {
    const isModel = typeof graph === 'object' && graph !== null && 'run' in graph;
    const hint = isModel ? 'a loaded model has one as its property graph' : typeof graph === 'function' ? 'toGraph(layer) makes one of a layer' : undefined;
    refuse('withOutputs', 'a graph', showValue(graph), hint);
  }
  if (!Array.isArray(names) || names.length === 0) refuse('withOutputs', 'a list of names of outputs', Array.isArray(names) ? 'none' : showValue(names));
  return chooseOutputs(graph, names as readonly string[]);
}

function refuse(place: string, expected: string, got: string, hint?: string): never {
  wrong(place, expected, got, { as: GraphError, hint });
}
