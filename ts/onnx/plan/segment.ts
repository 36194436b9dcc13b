import { ReceptiveError } from '../../base/errors.js';
import { store, storedIn } from '../../formats/stored.js';
import type { StoredTensor, TensorSource } from '../../formats/stored.js';
import type { Graph, Node } from '../../graph/graph.js';
import type { Op } from '../../graph/op.js';
import { count } from '../../tensor/shape.js';
import { Attributes } from '../form/attributes.js';
import type { Known } from './known.js';
import { isFloat } from '../form/lowering.js';
import type { LowerContext, ValueId } from '../form/lowering.js';
import { identityOp } from '../../ops/identity/op.js';
import { lowering } from '../../ops/onnx.js';
import { MAX_ELEMENTS, storedDtype } from '../form/tensors.js';
import type { Constant, HostTensor, OnnxDtype, OnnxNode } from '../form/types.js';

/** Which inputs a plan is made for. */
export interface PlanKey {
  /** Identifies the shapes of the model's inputs; part of the name of every constant derived from them. */
  readonly key: string;
  /** The model takes maps of any size, so that filters are packed for no certain one. */
  readonly openMaps: boolean;
}

/** A run of nodes that the engine computes in one go. */
export interface Segment {
  readonly graph: Graph;
  readonly weights: TensorSource;
  /** The values it reads. */
  readonly inputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** Constants that it reads like inputs. */
  readonly given: ReadonlyMap<string, HostTensor>;
  readonly outputs: readonly { readonly name: string; readonly dtype: OnnxDtype }[];
  readonly checks: readonly IndexCheck[];
}

/** A value of which the engine relies on that its elements are indices of an axis of so many. */
export interface IndexCheck {
  readonly node: OnnxNode;
  readonly name: string;
  readonly length: number;
}

/** Collects nodes for the engine one after the other. */
export class SegmentBuilder {
  private readonly shapes: (readonly number[])[] = [];
  private readonly nodes: Node[] = [];
  private readonly ids = new Map<string, ValueId>();
  private readonly inputs = new Map<string, ValueId>();
  private readonly given = new Map<string, HostTensor>();
  private readonly params = new Map<string, StoredTensor>();
  private readonly made = new Map<string, OnnxDtype>();
  private readonly checks: IndexCheck[] = [];

  constructor(private readonly sizes: PlanKey) {}

  get isEmpty(): boolean {
    return this.nodes.length === 0;
  }

  /** Adds a node if the engine can compute it, and says what is then known of its outputs. */
  lower(node: OnnxNode, inputs: readonly (Known | undefined)[], isRead: (name: string) => boolean): readonly Known[] | undefined {
    const lower = lowering(node);
    const taken = (known: Known | undefined, input: number): boolean => fits(known) || (known !== undefined && lower?.others?.[input]?.includes(known.dtype) === true);
    if (!lower || !inputs.every(taken) || !inputs.some((known) => known && !known.constant)) return undefined;
    const [before, checks] = [this.nodes.length, this.checks.length];
    try {
      const results = lower(this.context(node, inputs));
      const complete = results && !node.outputs.slice(results.length).some(isRead);
      if (complete && results.every((id) => isComputed(this.shapes[id]))) return this.keep(node, results.map((id) => this.computed(node, id)), lower.result ?? floatOf(inputs));
    } catch (error) {
      // The operator outside of the engine computes it, or says better what is wrong.
      if (!(error instanceof ReceptiveError)) throw error;
    }
    this.nodes.length = before;
    this.checks.length = checks;
    return undefined;
  }

  /** What a segment gives is made by a node of it, though it be one of its inputs as it is. */
  private computed(node: OnnxNode, id: ValueId): ValueId {
    return [...this.inputs.values()].includes(id) ? this.apply(node, identityOp({ name: 'identity' }), [id], {}) : id;
  }

  private keep(node: OnnxNode, results: readonly ValueId[], dtype: OnnxDtype): readonly Known[] {
    results.forEach((id, i) => {
      const name = node.outputs[i] ?? '';
      this.ids.set(name, id);
      this.made.set(name, dtype);
    });
    return results.map((id) => ({ dtype, shape: this.shapes[id] ?? [] }));
  }

  private context(node: OnnxNode, inputs: readonly (Known | undefined)[]): LowerContext {
    const nameOf = (input: number): string => node.inputs[input] ?? '';
    const knownOf = (input: number): Known => inputs[input] ?? { dtype: 'float32', shape: [] };
    const made = (what: string): string => `${node.outputs[0] ?? node.name} ${what}${this.suffix(inputs)}`;
    return {
      opset: node.opset,
      outputPlaces: node.outputs.length,
      outputCount: node.outputs.filter((name) => name !== '').length,
      attributes: new Attributes(node.attributes),
      has: (input) => inputs[input] !== undefined,
      shape: (input) => knownOf(input).shape,
      dtype: (input) => knownOf(input).dtype,
      indexes: (input, length) => this.indexes(node, nameOf(input), knownOf(input), length),
      constant: (input) => inputs[input]?.constant,
      lasts: (input) => inputs[input]?.constant !== undefined && inputs[input]?.ofShapes !== true,
      value: (input) => this.value(nameOf(input), knownOf(input)),
      param: (input, shape) => this.param(nameOf(input), knownOf(input), shape),
      derived: (what, shape, make) => this.addParam(made(what), shape, { dtype: 'float32', shape, source: undefined, tensor: make }),
      shapeOf: (value) => this.shapes[value] ?? [],
      apply: (op, given, params = {}) => this.apply(node, op, given, params),
    };
  }

  private indexes(node: OnnxNode, name: string, { constant }: Known, length: number): true | undefined {
    if (constant) return constant.tensor().data.every((index) => index >= -length && index < length) ? true : undefined;
    if (this.made.has(name)) return undefined;
    this.checks.push({ node, name, length });
    return true;
  }

  private suffix(inputs: readonly (Known | undefined)[]): string {
    return inputs.some((known) => known?.ofShapes) ? ` for ${this.sizes.key}` : '';
  }

  private value(name: string, known: Known): ValueId {
    const found = this.ids.get(name);
    if (found !== undefined) return found;
    const id = this.shapes.push(known.shape) - 1;
    this.ids.set(name, id);
    this.inputs.set(name, id);
    if (known.constant) this.given.set(name, known.constant.tensor());
    return id;
  }

  private param(name: string, known: Known, shape = known.shape): string {
    const { constant } = known;
    if (!constant) throw new Error(`${name} is no constant`);
    const reshaped = shape.join() === known.shape.join() ? '' : ` as ${shape.join('x')}`;
    return this.addParam(`${name}${reshaped}${this.suffix([known])}`, shape, constant);
  }

  private addParam(name: string, shape: readonly number[], constant: Constant): string {
    if (!this.params.has(name)) this.params.set(name, storedConstant(name, shape, constant));
    return name;
  }

  private apply(node: OnnxNode, op: Op, inputs: readonly ValueId[], params: Readonly<Record<string, string>>): ValueId {
    const [shape = []] = op.infer(inputs.map((id) => this.shapes[id] ?? []));
    const id = this.shapes.push(shape.map((dim) => dim ?? 0)) - 1;
    this.nodes.push({ name: node.name, op, inputs, outputs: [id], params });
    return id;
  }

  /** The segment with those outputs that are needed afterwards. */
  finish(isNeeded: (name: string) => boolean): Segment {
    const outputs = [...this.made].filter(([name]) => isNeeded(name)).map(([name, dtype]) => ({ name, dtype }));
    const read = new Set(this.nodes.flatMap(({ inputs }) => inputs));
    const inputs = [...this.inputs].filter(([, value]) => read.has(value)).map(([name, value]) => ({ name, value }));
    const used = new Set(this.nodes.flatMap(({ params }) => Object.values(params)));
    const stored = [...this.params.values()].filter(({ name }) => used.has(name));
    const graph: Graph = {
      inputs,
      outputs: outputs.map(({ name }) => ({ name, value: this.ids.get(name) ?? -1 })),
      nodes: this.nodes,
      values: this.shapes.map((shape) => ({ shape: this.sizes.openMaps && shape.length === 4 ? [...shape.slice(0, 2), null, null] : shape })),
      params: stored.map(({ name, shape }) => ({ name, shape })),
      modules: Object.fromEntries([...this.made.keys()].map((name) => [name, this.ids.get(name) ?? -1])),
    };
    const byName = new Map(stored.map((tensor) => [tensor.name, tensor]));
    const weights: TensorSource = { names: () => byName.keys(), get: (name) => byName.get(name) ?? missing(name) };
    const ports = inputs.map(({ name, value }) => ({ name, shape: this.shapes[value] ?? [] }));
    const given = new Map([...this.given].filter(([name]) => ports.some((port) => port.name === name)));
    return { graph, weights, inputs: ports, given, outputs, checks: this.checks };
  }
}

function missing(name: string): never {
  throw new Error(`the segment has no parameter ${name}`);
}

/** What the engine computes in: 16-bit floats are computed as 32-bit ones. */
function fits(known: Known | undefined): boolean {
  if (!known) return true;
  if (known.constant) return true;
  return isFloat(known.dtype);
}

/** The type of what is computed of these. */
function floatOf(inputs: readonly (Known | undefined)[]): OnnxDtype {
  const floats = inputs.filter((known) => known && isFloat(known.dtype));
  return (floats.find((known) => !known?.constant) ?? floats[0])?.dtype ?? 'float32';
}

/** The engine has no values of no dimension or without elements. */
function isComputed(shape: readonly number[] | undefined): boolean {
  return shape !== undefined && !shape.includes(0) && count(shape) <= MAX_ELEMENTS;
}

/** A constant as a weight. Bytes of the file are not copied. */
function storedConstant(name: string, shape: readonly number[], constant: Constant): StoredTensor {
  const { source, dtype } = constant;
  if (source) return storedIn(source, name, storedDtype(dtype), shape);
  // A weight is read in pieces, one after the other, and then no more: it is made once for all of them.
  let made: WeakRef<Uint8Array> | undefined;
  return {
    name,
    shape,
    dtype: 'F32',
    get bytes() {
      const found = made?.deref();
      if (found) return found;
      const { data } = constant.tensor();
      const { bytes } = store(name, { dtype: 'float32', shape, data: data instanceof Float32Array ? data : Float32Array.from(data) });
      made = new WeakRef(bytes);
      return bytes;
    },
  };
}
