import type { Graph, Node } from '../graph/graph.js';
import { ruleOf } from '../ops/grads.js';
import { NORM_ROLES } from '../ops/batch-norm2d/op.js';
import { learningNodes } from './frontier.js';

/** Before the name of a filter or bias that has a BatchNorm in it: such are computed from parameters, and not saved. */
export const FOLDED = 'folded ';

/** A filter that a BatchNorm is multiplied into. */
export interface Fold {
  /** What it is called, and its bias. */
  readonly names: { readonly weight: string; readonly bias: string };
  /** Parameters of the layer, and of the BatchNorm. */
  readonly layer: Node['params'];
  readonly norm: Node['params'];
  readonly eps: number;
}

/** A graph without the BatchNorms that could be folded. */
export interface FoldedGraph {
  readonly graph: Graph;
  readonly folds: readonly Fold[];
}

/** Folds each BatchNorm before the first parameter that learns into the layer in front of it: its statistics stay as they are. */
export function foldFrozen(graph: Graph, trainable: ReadonlySet<string>): FoldedGraph {
  const learning = learningNodes(graph, trainable);
  const frozen = graph.nodes.filter((node) => !learning.has(node));
  const replaced = new Map<Node, Node | undefined>();
  const folds: Fold[] = [];
  for (const norm of frozen) {
    const layer = frozen.find(({ outputs }) => outputs[0] === norm.inputs[0]);
    const op = layer && ruleOf(layer.op.type)?.biased?.(layer.op.attrs);
    const { effect } = norm.op;
    if (effect?.kind !== 'norm' || !layer || !op || readers(graph, layer.outputs[0]!) !== 1) continue;
    const names = { weight: `${FOLDED}${layer.params['weight']}`, bias: `${FOLDED}${layer.name}.bias` };
    replaced.set(layer, { ...layer, op, outputs: norm.outputs, params: names }).set(norm, undefined);
    folds.push({ names, layer: layer.params, norm: norm.params, eps: effect.eps });
  }
  if (folds.length === 0) return { graph, folds };
  const nodes = graph.nodes.flatMap((node) => (replaced.has(node) ? (replaced.get(node) ?? []) : node));
  const read = new Set(nodes.flatMap(({ params }) => Object.values(params)));
  const shapes = new Map(graph.params.map(({ name, shape }) => [name, shape]));
  const made = folds.flatMap(({ names, layer, norm }) => [
    { name: names.weight, shape: shapes.get(layer['weight']!)! },
    { name: names.bias, shape: shapes.get(norm['bias']!)! },
  ]);
  return { graph: { ...graph, nodes, params: [...graph.params.filter(({ name }) => read.has(name)), ...made] }, folds };
}

function readers({ nodes, outputs }: Graph, value: number): number {
  return nodes.flatMap(({ inputs }) => inputs).filter((input) => input === value).length + outputs.filter((output) => output.value === value).length;
}

/**
 * y = (w x + b - mean) / sqrt(var + eps) * scale + shift, as a filter and a bias.
 * @param value - the newest value of a parameter
 */
export function foldedValues({ layer, norm, eps }: Fold, value: (name: string) => Float32Array): { weight: Float32Array; bias: Float32Array } {
  const [scale, shift, mean, variance] = NORM_ROLES.map((role) => value(norm[role]!)) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const [weight, own] = [value(layer['weight']!), layer['bias'] === undefined ? undefined : value(layer['bias'])];
  const factors = Float64Array.from(scale, (one, c) => one / Math.sqrt(variance[c]! + eps));
  const each = weight.length / factors.length;
  return {
    weight: weight.map((one, i) => one * factors[Math.floor(i / each)]!),
    bias: shift.map((one, c) => ((own?.[c] ?? 0) - mean[c]!) * factors[c]! + one),
  };
}
