import { UnsupportedError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import type { StoredTensor } from '../formats/stored.js';
import type { Graph } from '../graph/graph.js';
import { expectNoGaps } from './plan/gaps.js';
import { Facts, knownConstants } from './plan/known.js';
import { liveNodes } from './plan/liveness.js';
import { planLeg } from './plan/planner.js';
import type { OnnxModel } from './form/types.js';

/** A model as a graph of our own operators, with all that is constant for inputs of these shapes worked out. */
export interface Converted {
  readonly graph: Graph;
  readonly weights: readonly StoredTensor[];
}

/**
 * @param shapes - of the inputs, in their order
 * @throws UnsupportedError naming the first node that only the host can compute
 */
export function convert(model: OnnxModel, shapes: readonly (readonly number[])[]): Converted {
  expectNoGaps(model);
  const { nodes, inputs, outputs } = model.graph;
  const known = Facts.of(knownConstants(model.graph));
  inputs.forEach(({ name, dtype = 'float32' }, i) => known.set(name, { dtype, shape: shapes[i] ?? [] }));
  const names = outputs.map(({ name }) => name);
  const { segment, host } = planLeg({ nodes: liveNodes(nodes, names), index: 0, known }, names, { key: 'convert', openMaps: false });
  if (host) {
    const hint = 'load() runs the ONNX file itself';
    wrong(host.name, 'an operator that has a form in a converted model', host.op, { as: UnsupportedError, hint });
  }
  const constant = names.find((name) => !segment?.outputs.some((output) => output.name === name));
  if (!segment || segment.given.size > 0 || constant !== undefined) {
    const place = constant ?? [...(segment?.given.keys() ?? [])][0] ?? names[0];
    throw new UnsupportedError(`${place}: a value that does not depend on the inputs has no form in a converted model`, { place });
  }
  return { graph: segment.graph, weights: [...segment.weights.names()].map((name) => segment.weights.get(name)) };
}
