import { UnsupportedError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import type { AttributeValue, OnnxFunction, OnnxGraph, OnnxNode } from '../form/types.js';
import { rewritten } from './rewrites.js';

/** Functions in functions: one that calls itself has no end. */
const MAX_DEPTH = 32;
/** Nodes that calls become: functions that call each other twice grow as fast as they can. */
const MAX_NODES = 200_000;

type Functions = ReadonlyMap<string, OnnxFunction>;

/**
 * The graph with the nodes of a function in place of each call, and with operators of other runtimes written out as those of ONNX.
 * @throws UnsupportedError for calls without an end
 */
export function withoutCalls(graph: OnnxGraph, functions: Functions): OnnxGraph {
  return new Expansion(functions).graph(graph, 0);
}

/** What a function's body has in place of its own names and attributes. */
interface Binding {
  readonly names: Map<string, string>;
  readonly attributes: ReadonlyMap<string, AttributeValue>;
  readonly call: OnnxNode;
}

class Expansion {
  private calls = 0;
  private nodes = 0;

  constructor(private readonly functions: Functions) {}

  graph(graph: OnnxGraph, depth: number): OnnxGraph {
    return { ...graph, nodes: graph.nodes.flatMap((node) => this.node(node, depth)) };
  }

  private node(node: OnnxNode, depth: number): readonly OnnxNode[] {
    const made = this.functions.get(`${node.domain}:${node.op}`);
    // An operator of ONNX itself is one, also where a file says what it is made of.
    if (made && node.domain !== '') return this.call(node, made, depth);
    const other = rewritten(node);
    if (other) return other;
    const attributes = [...node.attributes].map(([name, value]): [string, AttributeValue] => [name, value.kind === 'graph' ? { ...value, value: this.graph(value.value, depth) } : value]);
    return [{ ...node, attributes: new Map(attributes) }];
  }

  private call(call: OnnxNode, { inputs, outputs, nodes, defaults }: OnnxFunction, depth: number): readonly OnnxNode[] {
    this.nodes += nodes.length;
    if (depth >= MAX_DEPTH || this.nodes > MAX_NODES) {
      wrong(call.name, `functions at most ${MAX_DEPTH} deep, and ${MAX_NODES} nodes of them`, `more: ${call.domain}.${call.op} may call itself`, { as: UnsupportedError });
    }
    this.calls += 1;
    const given = new Map(inputs.map((name, i) => [name, call.inputs[i] ?? '']));
    const named = outputs.flatMap((name, i): [string, string][] => (given.has(name) || !call.outputs[i] ? [] : [[name, call.outputs[i]]]));
    const binding: Binding = { names: new Map([...given, ...named]), attributes: new Map([...defaults, ...call.attributes]), call };
    const own = this.calls;
    const body = nodes.map((node) => bound(node, binding, own));
    // What a function hands through has two names.
    const through = outputs.flatMap((name, i): OnnxNode[] => (given.has(name) && call.outputs[i] ? [identity(call, given.get(name)!, call.outputs[i])] : []));
    return [...body.flatMap((node) => this.node(node, depth + 1)), ...through];
  }
}

function identity(call: OnnxNode, from: string, to: string): OnnxNode {
  return { name: `${call.name} ${to}`, op: 'Identity', domain: '', inputs: [from], outputs: [to], attributes: new Map(), opset: 1 };
}

/** A node of a body as one of the caller: values of its own get names that no other call has. */
function bound(node: OnnxNode, binding: Binding, call: number): OnnxNode {
  const named = (name: string): string => {
    const found = name === '' ? '' : binding.names.get(name);
    if (found !== undefined) return found;
    const own = `${name} (call ${call})`;
    binding.names.set(name, own);
    return own;
  };
  const attributes = [...node.attributes].flatMap(([name, value]): [string, AttributeValue][] => {
    const taken = value.kind === 'ref' ? binding.attributes.get(value.value) : value;
    if (!taken) return [];
    return [[name, taken.kind === 'graph' && taken === value ? { ...taken, value: inside(taken.value, binding, call) } : taken]];
  });
  return { ...node, name: `${binding.call.name}/${node.name}`, inputs: node.inputs.map(named), outputs: node.outputs.map(named), attributes: new Map(attributes) };
}

/** A subgraph of a body: what it names itself stays, as its own; all else is the body's. */
function inside(graph: OnnxGraph, binding: Binding, call: number): OnnxGraph {
  const own = [...graph.inputs.map(({ name }) => name), ...graph.initializers.keys(), ...graph.nodes.flatMap(({ outputs }) => outputs)];
  const scope: Binding = { ...binding, names: new Map([...binding.names, ...own.map((name): [string, string] => [name, name])]) };
  const nodes = graph.nodes.map((node) => bound(node, scope, call));
  return { ...graph, nodes, outputs: graph.outputs.map((port) => ({ ...port, name: scope.names.get(port.name) ?? `${port.name} (call ${call})` })) };
}
