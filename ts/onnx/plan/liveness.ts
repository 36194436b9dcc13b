import type { OnnxGraph, OnnxNode } from '../form/types.js';

/** Names that the subgraphs of a node read from around it. */
export function captures(node: OnnxNode): readonly string[] {
  const names = new Set<string>();
  for (const attribute of node.attributes.values()) {
    if (attribute.kind === 'graph') collect(attribute.value, new Set(), names);
  }
  return [...names];
}

function collect(graph: OnnxGraph, outer: ReadonlySet<string>, names: Set<string>): void {
  const own = new Set([...outer, ...graph.inputs.map(({ name }) => name), ...graph.initializers.keys()]);
  const read = (name: string): void => {
    if (name !== '' && !own.has(name)) names.add(name);
  };
  for (const node of graph.nodes) {
    node.inputs.forEach(read);
    for (const attribute of node.attributes.values()) {
      if (attribute.kind === 'graph') collect(attribute.value, own, names);
    }
    node.outputs.forEach((name) => own.add(name));
  }
  graph.outputs.forEach(({ name }) => read(name));
}

/** All that a node reads. */
export function reads(node: OnnxNode): readonly string[] {
  return [...node.inputs.filter((name) => name !== ''), ...captures(node)];
}

/** The nodes that some output needs, in their order. */
export function liveNodes(nodes: readonly OnnxNode[], outputs: readonly string[]): readonly OnnxNode[] {
  const needed = new Set(outputs);
  const live = [...nodes].reverse().filter((node) => {
    if (!node.outputs.some((name) => needed.has(name))) return false;
    reads(node).forEach((name) => needed.add(name));
    return true;
  });
  return live.reverse();
}

const found = new WeakMap<readonly OnnxNode[], WeakMap<readonly string[], ReadonlyMap<string, number>>>();

/** Where each value is read for the last time: an index into the nodes, or past them for outputs. Worked out once for the same lists. */
export function lastReads(nodes: readonly OnnxNode[], outputs: readonly string[]): ReadonlyMap<string, number> {
  const ofNodes = found.get(nodes) ?? new WeakMap<readonly string[], ReadonlyMap<string, number>>();
  found.set(nodes, ofNodes);
  const last = ofNodes.get(outputs) ?? readsOf(nodes, outputs);
  ofNodes.set(outputs, last);
  return last;
}

function readsOf(nodes: readonly OnnxNode[], outputs: readonly string[]): ReadonlyMap<string, number> {
  const last = new Map<string, number>();
  nodes.forEach((node, index) => reads(node).forEach((name) => last.set(name, index)));
  outputs.forEach((name) => last.set(name, nodes.length));
  return last;
}
