import { reads } from './liveness.js';
import type { AttributeValue, Constant, OnnxGraph, OnnxNode } from '../form/types.js';

/** Nodes that one node stands for: the last, whose place it takes, and those before. */
export interface Match {
  readonly last: OnnxNode;
  readonly inner: readonly OnnxNode[];
  readonly by: OnnxNode;
}

/** Who gives and who reads each value of a graph. */
export class Matcher {
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

  /** The node of one of these operators that gives a value. */
  from(name: string | undefined, ...ops: readonly string[]): OnnxNode | undefined {
    const node = this.producers.get(name ?? '');
    return node?.domain === '' && ops.includes(node.op) ? node : undefined;
  }

  /** Whether nobody but these nodes, and the last one, reads what they give. */
  isClosed(inner: readonly OnnxNode[], last: OnnxNode): boolean {
    const own = new Set([...inner, last]);
    return inner.every(({ outputs }) => outputs.every((name) => !this.outputs.includes(name) && (this.readers.get(name) ?? []).every((reader) => own.has(reader))));
  }

  /** The one node that reads what a node gives. */
  onlyReader(node: OnnxNode): OnnxNode | undefined {
    const [output = ''] = node.outputs;
    const readers = this.readers.get(output) ?? [];
    return readers.length === 1 && !this.outputs.includes(output) ? readers[0] : undefined;
  }

  /** The constant that a value is. */
  constant(name: string | undefined): Constant | undefined {
    const held = this.producers.get(name ?? '')?.attributes.get('value');
    return this.initializers.get(name ?? '') ?? (held?.kind === 'tensor' ? held.value : undefined);
  }

  /** The one number that a value is. */
  number(name: string | undefined): number | undefined {
    const constant = this.constant(name);
    return constant?.shape.every((dim) => dim === 1) ? constant.tensor().data[0] : undefined;
  }

  /** Whether a value is this number, for all elements of whatever it meets. */
  is(name: string | undefined, value: number): boolean {
    const constant = this.constant(name);
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

/** One operator in place of others. */
export function match(last: OnnxNode, inner: readonly OnnxNode[], op: string, x: string, opset: number, floats: Readonly<Record<string, number>> = {}): Match {
  const attributes = new Map(Object.entries(floats).map(([name, value]): [string, AttributeValue] => [name, { kind: 'float', value }]));
  return { last, inner, by: { ...last, op, inputs: [x], attributes, opset } };
}
