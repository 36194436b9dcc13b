import { reads } from './liveness.js';
import type { AttributeValue, OnnxGraph, OnnxNode } from '../form/types.js';

/**
 * Functions that exporters write out as arithmetic, as the one operator they are. Only where nothing else reads what lies in
 * between.
 */
export function matchPatterns(nodes: readonly OnnxNode[], { initializers, outputs }: OnnxGraph): readonly OnnxNode[] {
  const graph = new Matcher(nodes, initializers, outputs.map(({ name }) => name));
  const found = nodes.flatMap((node) => gelu(graph, node) ?? hardSigmoid(graph, node) ?? []);
  const replaced = new Map(found.map((match) => [match.last, match.by]));
  const gone = new Set(found.flatMap(({ inner }) => inner));
  return nodes.filter((node) => !gone.has(node)).map((node) => replaced.get(node) ?? node);
}

/** Nodes that one node stands for: the last, whose place it takes, and those before. */
interface Match {
  readonly last: OnnxNode;
  readonly inner: readonly OnnxNode[];
  readonly by: OnnxNode;
}

class Matcher {
  private readonly producers = new Map<string, OnnxNode>();
  private readonly readers = new Map<string, OnnxNode[]>();

  constructor(
    nodes: readonly OnnxNode[],
    private readonly initializers: OnnxGraph['initializers'],
    private readonly outputs: readonly string[],
  ) {
    for (const node of nodes) {
      node.outputs.forEach((name) => this.producers.set(name, node));
      for (const name of reads(node)) {
        const others = this.readers.get(name);
        if (others) others.push(node);
        else this.readers.set(name, [node]);
      }
    }
  }

  /** The node of one of these operators that gives a value, if this is all it is for. */
  made(name: string | undefined, ...ops: readonly string[]): OnnxNode | undefined {
    const node = name === undefined ? undefined : this.producers.get(name);
    const inner = node && node.domain === '' && ops.includes(node.op) && this.onlyReader(node) !== undefined;
    return inner ? node : undefined;
  }

  /** The one node that reads what a node gives. */
  onlyReader(node: OnnxNode): OnnxNode | undefined {
    const [output = ''] = node.outputs;
    const readers = this.readers.get(output) ?? [];
    return readers.length === 1 && !this.outputs.includes(output) ? readers[0] : undefined;
  }

  /** Whether a value is this number, for all elements of whatever it meets. */
  is(name: string | undefined, value: number): boolean {
    const held = this.producers.get(name ?? '')?.attributes.get('value');
    const constant = this.initializers.get(name ?? '') ?? (held?.kind === 'tensor' ? held.value : undefined);
    if (!constant || constant.shape.some((dim) => dim !== 1)) return false;
    const number = constant.tensor().data[0] ?? Number.NaN;
    // Exporters round to float32, or to float16.
    return Math.abs(number - value) <= (constant.dtype === 'float16' ? 1e-3 : 1e-6) * Math.abs(value);
  }

  /** The other operand of a sum or product, where one is this number. */
  other(node: OnnxNode | undefined, value: number): string | undefined {
    const [a, b] = node?.inputs ?? [];
    return this.is(b, value) ? a : this.is(a, value) ? b : undefined;
  }

  /** x in x / value or x * (1 / value). */
  divided(node: OnnxNode | undefined, value: number): string | undefined {
    if (node?.op === 'Mul') return this.other(node, 1 / value);
    return node?.op === 'Div' && this.is(node.inputs[1], value) ? node.inputs[0] : undefined;
  }
}

/** x / 2 * (1 + erf(x / sqrt(2))), multiplied in any order, from the error function on. */
function gelu(graph: Matcher, erf: OnnxNode): Match | undefined {
  if (erf.op !== 'Erf' || erf.domain !== '') return undefined;
  const scaled = graph.made(erf.inputs[0], 'Div', 'Mul');
  const x = graph.divided(scaled, Math.SQRT2);
  const sum = graph.onlyReader(erf);
  const product = sum?.op === 'Add' && graph.other(sum, 1) === erf.outputs[0] ? graph.onlyReader(sum) : undefined;
  if (!scaled || !sum || x === undefined || product?.op !== 'Mul') return undefined;
  const factor = product.inputs.find((name) => name !== sum.outputs[0]);
  const half = graph.made(factor, 'Mul', 'Div');
  if (half && graph.divided(half, 2) === x) return match(product, [scaled, erf, sum, half], 'Gelu', x, 20);
  const last = graph.onlyReader(product);
  const rest = last && (factor === x ? graph.divided(last, 2) : graph.is(factor, 0.5) && last.op === 'Mul' ? last.inputs.find((name) => name !== x) : undefined);
  const whole = rest === product.outputs[0] && (factor === x || last?.inputs.includes(x));
  return last && whole ? match(last, [scaled, erf, sum, product], 'Gelu', x, 20) : undefined;
}

/** min(max(x + 3, 0), 6) / 6, from the clip on. */
function hardSigmoid(graph: Matcher, clip: OnnxNode): Match | undefined {
  if (clip.op !== 'Clip' || clip.domain !== '' || !graph.is(clip.inputs[1], 0) || !graph.is(clip.inputs[2], 6)) return undefined;
  const sum = graph.made(clip.inputs[0], 'Add');
  const x = graph.other(sum, 3);
  const last = graph.onlyReader(clip);
  if (!sum || x === undefined || !last || graph.divided(last, 6) !== clip.outputs[0]) return undefined;
  return match(last, [sum, clip], 'HardSigmoid', x, last.opset, { alpha: 1 / 6, beta: 0.5 });
}

function match(last: OnnxNode, inner: readonly OnnxNode[], op: string, x: string, opset: number, floats: Readonly<Record<string, number>> = {}): Match {
  const attributes = new Map(Object.entries(floats).map(([name, value]): [string, AttributeValue] => [name, { kind: 'float', value }]));
  return { last, inner, by: { ...last, op, inputs: [x], attributes, opset } };
}
