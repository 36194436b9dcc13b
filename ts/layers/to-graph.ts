import { GraphError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import { isGraph } from '../graph/graph.js';
import type { Graph, NamedValue, Node } from '../graph/graph.js';
import { showValue } from '../base/show.js';
import { isLayer } from './layer.js';
import type { Layer } from './layer.js';
import { checkValue, input, isValue } from './value.js';
import type { Made, Value } from './value.js';

/**
 * The graph between named inputs and outputs: `graph({ x }, { y })`.
 * @throws GraphError for what are no values by name, no output, an output that needs an input not named here, or two layers of one path with other parameters
 */
export function graph(inputs: Readonly<Record<string, Value>>, outputs: Readonly<Record<string, Value>>): Graph {
  const tracer = new Tracer();
  const given = valuesOf('inputs', inputs).map(([name, value]): NamedValue => ({ name, value: tracer.input(value) }));
  const wanted = valuesOf('outputs', outputs).map(([name, value]): NamedValue => ({ name, value: tracer.trace(value, name) }));
  if (wanted.length === 0) wrong('graph', 'at least one output', 'none', { as: GraphError });
  return {
    inputs: given,
    outputs: wanted,
    nodes: tracer.nodes,
    values: tracer.values.map(({ shape }) => ({ shape })),
    params: [...tracer.params].map(([name, shape]) => ({ name, shape })),
    modules: tracer.modules(),
  };
}

/**
 * A layer as a graph with the input `input` and the output `output`; a graph stays what it is.
 * @throws GraphError where the shape of the input is not known, or it is neither
 */
export function toGraph(model: Layer | Graph): Graph {
  if (isGraph(model)) return model;
  if (!isLayer(model)) wrong('toGraph', 'a graph or a layer', showValue(model), { as: GraphError });
  if (!model.inputShape) {
    const hint = 'give it to sequential as the option input, or use graph()';
    throw new GraphError(`the shape of the input is not known; ${hint}`, { hint });
  }
  const x = input(model.inputShape);
  return graph({ input: x }, { output: model(x) });
}

/** @throws GraphError for what are no values by name */
function valuesOf(what: string, values: Readonly<Record<string, Value>>): [string, Value][] {
  if (typeof values !== 'object' || values === null || isValue(values)) {
    const expected = 'an object of values by name';
    const got = isValue(values) ? 'a value without a name' : showValue(values);
    wrong(`graph.${what}`, expected, got, { as: GraphError });
  }
  return Object.entries(values).map(([name, value]) => [name, checkValue(`graph: ${name}`, value)]);
}

/** Walks from outputs to inputs and numbers what it meets. */
class Tracer {
  readonly nodes: Node[] = [];
  readonly values: Value[] = [];
  readonly params = new Map<string, readonly number[]>();
  private readonly numbers = new Map<Value, number>();
  private readonly names = new Map<object, string>();

  input(value: Value): number {
    return this.number(value);
  }

  /** The number of a value, after everything that it needs. Not recursive: networks are deep. */
  trace(output: Value, name: string): number {
    const stack = [output];
    for (let value = stack.at(-1); value; value = stack.at(-1)) {
      const { made } = value;
      const missing = this.numbers.has(value) ? [] : (made?.inputs.filter((needed) => !this.numbers.has(needed)) ?? []);
      if (missing.length > 0) {
        stack.push(...missing);
        continue;
      }
      stack.pop();
      if (this.numbers.has(value)) continue;
      if (!made) throw new GraphError(`${name}: depends on an input that the graph does not name`, { place: name });
      this.node(made);
    }
    return this.numbers.get(output) ?? 0;
  }

  modules(): Record<string, number> {
    const paths = this.values.flatMap((value, number) => value.modules.map((path): [string, number] => [path, number]));
    return Object.fromEntries(paths);
  }

  private number(value: Value): number {
    const number = this.values.push(value) - 1;
    this.numbers.set(value, number);
    return number;
  }

  private node({ op, inputs, path, layer, values }: Made): void {
    const name = path ?? this.nameOf(layer, op.type);
    const params = op.params.map(({ role, shape, bare }): [string, string] => {
      const param = bare ? name : `${name}.${role}`;
      this.param(param, shape);
      return [role, param];
    });
    const numbers = inputs.map((needed) => this.numbers.get(needed) ?? 0);
    const outputs = values.map((value) => this.number(value));
    this.nodes.push({ name, op, inputs: numbers, outputs, params: Object.fromEntries(params) });
  }

  private nameOf(layer: object, type: string): string {
    const known = this.names.get(layer);
    if (known !== undefined) return known;
    const name = `${type.toLowerCase()}_${this.names.size}`;
    this.names.set(layer, name);
    return name;
  }

  private param(name: string, shape: readonly number[]): void {
    const known = this.params.get(name);
    if (known && known.join() !== shape.join()) {
      throw new GraphError(`${name}: two layers of this path have parameters [${known.join()}] and [${shape.join()}]`, {
        place: name,
      });
    }
    this.params.set(name, shape);
  }
}
