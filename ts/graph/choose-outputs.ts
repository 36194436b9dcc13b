import { GraphError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import { nearest } from '../base/options.js';
import { showValue } from '../base/show.js';
import type { Graph, NamedValue } from './graph.js';

/** What outputs are chosen by. */
type Named = Pick<Graph, 'outputs' | 'modules'>;

/**
 * The same network with other outputs: module paths or the outputs it has.
 * @throws GraphError with the nearest name that there is
 */
export function chooseOutputs<Network extends Named>(graph: Network, names: readonly string[]): Network {
  const { modules } = graph;
  const outputs = Array.from(names, (name): NamedValue => {
    const value = graph.outputs.find((output: NamedValue | null) => output?.name === name)?.value ?? (Object.hasOwn(modules, name) ? modules[name] : undefined);
    return value === undefined ? refuseName(name, [...graph.outputs.flatMap((output: NamedValue | null) => output?.name ?? []), ...Object.keys(modules)]) : { name, value };
  });
  return { ...graph, outputs };
}

/** No message lists more names than a reader takes in. */
const MAX_LISTED = 40;

/** @throws GraphError for a value that nothing inside a model is called by */
export function refuseName(name: unknown, known: readonly string[]): never {
  const place = typeof name === 'string' ? name : showValue(name);
  const near = typeof name === 'string' ? nearest(name, known) : undefined;
  const hint = near === undefined ? `there are ${known.slice(0, MAX_LISTED).join(', ')}` : `did you mean ${near}?`;
  wrong('outputs', 'the name of a module or output', place, { as: GraphError, hint });
}
