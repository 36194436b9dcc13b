import { refuseName } from '../../graph/choose-outputs.js';
import { liveNodes } from './liveness.js';
import type { OnnxModel, OnnxPort } from '../form/types.js';

/**
 * The same model with other outputs: any value that a node of its outermost graph computes, by the value's name. Nodes that none of
 * them needs are left out, so that what is not supported behind them is not in the way.
 * @throws GraphError with the nearest name that there is
 */
export function withOnnxOutputs(model: OnnxModel, names: readonly string[] | undefined): OnnxModel {
  if (names === undefined) return model;
  const { graph } = model;
  const computed = new Set(graph.nodes.flatMap(({ outputs }) => outputs).filter((name) => name !== ''));
  const outputs = names.map((name): OnnxPort => {
    const own = graph.outputs.find((output) => output.name === name);
    if (own) return own;
    if (!computed.has(name)) refuseName(name, [...new Set([...graph.outputs.map((output) => output.name), ...computed])]);
    return graph.portOf?.(name) ?? { name, dtype: undefined, shape: undefined };
  });
  return { ...model, graph: { ...graph, nodes: liveNodes(graph.nodes, names), outputs } };
}
