import { UnsupportedError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { hostOp } from '../host/registry.js';
import { lowering } from '../../ops/onnx.js';
import type { OnnxGraph, OnnxModel, OnnxNode } from '../form/types.js';

/** A node that cannot be computed, and why. */
export interface Gap {
  readonly node: string;
  readonly op: string;
  readonly opset: number;
  readonly reason: string;
}

/** All nodes that nothing here computes, those of subgraphs too. */
export function gapsOf({ graph, functions }: OnnxModel): Gap[] {
  const gaps: Gap[] = [];
  eachNode(graph, (node) => {
    if (hostOp(node) || lowering(node)) return;
    const op = node.domain === '' ? node.op : `${node.domain}.${node.op}`;
    const own = functions.has(`${node.domain}:${node.op}`);
    const reason = own ? 'a function that the model defines itself' : node.domain === '' ? 'no such operator here' : 'an operator of a custom domain';
    gaps.push({ node: node.name, op, opset: node.opset, reason });
  });
  return gaps;
}

/** Every node, those of subgraphs behind the node that has them. */
export function eachNode(graph: OnnxGraph, visit: (node: OnnxNode) => void): void {
  for (const node of graph.nodes) {
    visit(node);
    for (const attribute of node.attributes.values()) {
      if (attribute.kind === 'graph') eachNode(attribute.value, visit);
    }
  }
}

/** No message lists more nodes than a reader takes in. */
const MAX_LISTED = 20;

/** @throws UnsupportedError that lists every node that cannot be computed */
export function expectNoGaps(model: OnnxModel): void {
  const gaps = gapsOf(model);
  if (gaps.length === 0) return;
  const listed = gaps.slice(0, MAX_LISTED).map(({ node, op, opset, reason }) => `${node}: ${op} of operator set ${opset} (${reason})`);
  const more = gaps.length > MAX_LISTED ? `; and ${gaps.length - MAX_LISTED} more` : '';
  wrong('model', 'nodes that are supported', `${gaps.length} that are not: ${listed.join('; ')}${more}`, { as: UnsupportedError });
}
