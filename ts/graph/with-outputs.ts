import { GraphError } from '../errors.js';
import { nearest } from '../options.js';
import { showValue } from '../tensor/tensor.js';
import { isGraph } from './graph.js';
import type { Graph, NamedValue } from './graph.js';
import { isGraphData } from './to-data.js';
import type { GraphData } from './to-data.js';

/**
 * The same network with other outputs: module paths (`layer1`, `features.2`) or the outputs it has. This is how to look
 * at what happens inside. The `graph` of a loaded model stays plain data.
 * @throws GraphError with the nearest name that there is
 */
export function withOutputs<Network extends Graph | GraphData>(graph: Network, names: readonly string[]): Network {
  if (!isGraph(graph) && !isGraphData(graph)) {
    const isModel = typeof graph === 'object' && graph !== null && 'run' in graph;
    const hint = isModel ? '; a loaded model has one as its property graph' : typeof graph === 'function' ? '; toGraph(layer) makes one of a layer' : '';
    refuse('withOutputs', 'a graph', showValue(graph), hint);
  }
  if (!Array.isArray(names) || names.length === 0) refuse('withOutputs', 'a list of names of outputs', Array.isArray(names) ? 'none' : showValue(names));
  const { modules } = graph;
  const outputs = Array.from(names as readonly string[], (name): NamedValue => {
    const value = graph.outputs.find((output) => output.name === name)?.value ?? (Object.hasOwn(modules, name) ? modules[name] : undefined);
    return value === undefined ? refuseName(name, [...graph.outputs.map((output) => output.name), ...Object.keys(modules)]) : { name, value };
  });
  return { ...graph, outputs };
}

/** No message lists more names than a reader takes in. */
const MOST_LISTED = 40;

/** @throws GraphError for a value that nothing inside a model is called by */
export function refuseName(name: unknown, known: readonly string[]): never {
  const place = showValue(name);
  const near = typeof name === 'string' ? nearest(name, known) : undefined;
  const more = known.length > MOST_LISTED ? ` and ${known.length - MOST_LISTED} more` : '';
  const hint = near === undefined ? `there are ${known.slice(0, MOST_LISTED).join(', ')}${more}` : `did you mean ${near}?`;
  throw new GraphError(`${place}: no module or output of this name; ${hint}`, { place, expected: near, got: place, hint });
}

function refuse(place: string, expected: string, got: string, hint = ''): never {
  throw new GraphError(`${place}: expected ${expected}, got ${got}${hint}`, { place, expected, got });
}
