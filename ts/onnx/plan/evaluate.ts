import { FormatError, placed, ReceptiveError, UnsupportedError } from '../../base/errors.js';
import { mismatch, wrong } from '../../base/wrong.js';
import { Attributes } from '../form/attributes.js';
import { hostOp } from '../host/registry.js';
import type { HostTensor, OnnxGraph, OnnxNode } from '../form/types.js';
import type { Instance } from '../../wasm/instance.js';

/** Finds the values around a subgraph. */
export type Scope = (name: string) => HostTensor | undefined;

/** Computes a subgraph, which sees the values around it. */
export type Run = (graph: OnnxGraph, inputs: readonly HostTensor[]) => readonly HostTensor[];

const NOTHING: Scope = () => undefined;

/**
 * Computes a node outside of the engine.
 * @param instance - for what it does faster
 * @param run - computes its subgraphs; else they are computed outside of the engine, too
 * @throws UnsupportedError naming node, operator and operator set; whatever the operator throws, with the node's name
 */
export function evaluateNode(node: OnnxNode, inputs: readonly (HostTensor | undefined)[], outer: Scope = NOTHING, instance?: Instance, run?: Run): readonly HostTensor[] {
  const compute = hostOp(node)?.compute;
  if (!compute) throw unsupported(node);
  try {
    return compute({
      op: node.op,
      opset: node.opset,
      attributes: new Attributes(node.attributes),
      inputs,
      outputCount: node.outputs.length,
      instance,
      run: run ?? ((graph, given) => evaluateGraph(graph, given, outer, instance)),
    });
  } catch (error) {
    throw named(error, node);
  }
}

/** Computes a graph outside of the engine, its nodes in their order; inputs in the order of the graph's. */
export function evaluateGraph(graph: OnnxGraph, inputs: readonly HostTensor[], outer: Scope = NOTHING, instance?: Instance): readonly HostTensor[] {
  const values = new Map<string, HostTensor>();
  graph.inputs.forEach(({ name }, i) => {
    const input = inputs[i];
    if (input) values.set(name, input);
  });
  const find = (name: string): HostTensor | undefined =>
    values.get(name) ?? keep(values, name, graph.initializers.get(name)?.tensor()) ?? outer(name);
  for (const node of graph.nodes) {
    const given = node.inputs.map((name) => (name === '' ? undefined : expectValue(find(name), name, node)));
    const results = evaluateNode(node, given, find, instance);
    node.outputs.forEach((name, i) => keep(values, name, results[i]));
  }
  return graph.outputs.map(({ name }) => {
    const value = find(name);
    if (value) return value;
    wrong(name, 'a node that computes this output', 'none', { as: FormatError });
  });
}

function keep(values: Map<string, HostTensor>, name: string, value: HostTensor | undefined): HostTensor | undefined {
  if (value && name !== '') values.set(name, value);
  return value;
}

function expectValue(value: HostTensor | undefined, name: string, node: OnnxNode): HostTensor {
  if (value) return value;
  wrong(node.name, `a node before it that computes its input ${name}`, 'none', { as: FormatError });
}

export function unsupported({ name, op, domain, opset }: OnnxNode): UnsupportedError {
  const full = domain === '' ? op : `${domain}.${op}`;
  return mismatch(name, 'an operator that is supported', `${full} of operator set ${opset}`, { as: UnsupportedError });
}

/** The error with the node in front. */
function named(error: unknown, { name, op, opset }: OnnxNode): unknown {
  if (!(error instanceof ReceptiveError)) return error;
  return placed(error, name, `${name} (${op}, operator set ${opset}): ${error.message}`);
}
