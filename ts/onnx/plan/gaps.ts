import { UnsupportedError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { hostOp } from '../host/registry.js';
import { lowering } from '../../ops/onnx.js';
import type { OnnxGraph, OnnxModel, OnnxNode } from '../form/types.js';

/** A node that cannot be computed, and why. */
export interface Gap {
  /** Its name, or one made of operator and first output. */
  readonly node: string;
  /** Its operator, with the domain before it where that is not ONNX's own. */
  readonly op: string;
  /** Version of the operator set. */
  readonly opset: number;
  /** No such operator here, one of a custom domain, or a function that the model defines itself. */
  readonly kind: 'operator' | 'domain' | 'function';
  /** The same in words. */
  readonly reason: string;
}

const REASONS: Readonly<Record<Gap['kind'], string>> = {
  operator: 'no such operator here',
  domain: 'an operator of a custom domain',
  function: 'a function that the model defines itself',
};

/** All nodes that nothing here computes, those of subgraphs too. */
export function gapsOf({ graph, functions }: OnnxModel): Gap[] {
  const gaps: Gap[] = [];
  eachNode(graph, (node) => {
    if (hostOp(node) || lowering(node)) return;
    const op = node.domain === '' ? node.op : `${node.domain}.${node.op}`;
    const own = functions.has(`${node.domain}:${node.op}`);
    const kind = own ? 'function' : node.domain === '' ? 'operator' : 'domain';
    gaps.push({ node: node.name, op, opset: node.opset, kind, reason: REASONS[kind] });
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
