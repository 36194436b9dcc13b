import { neededNodes } from '../passes/drop.js';
import type { LayerSummary, PlannedPort } from '../program/plan.js';
import type { Description } from './model-in-engine.js';
import type { MemoryUse } from './runnable.js';
import type { Session } from './session.js';
import type { Variant } from '../wasm/variant.js';

/** A layer, with the algorithms of the steps it became; none if it was folded into another layer. */
export interface SummaryLayer extends LayerSummary {
  /** How its steps are computed, each named once; `host` is TypeScript beside the engine. */
  readonly algorithms: readonly string[];
}

/** An input, output or parameter. */
export interface NamedShape {
  /** As the model calls it. */
  readonly name: string;
  /** Dimensions, NCHW for maps. */
  readonly shape: readonly number[];
}

/** What a model is made of and what it costs, for given input shapes. */
export interface Summary {
  /** How the kernels that run were compiled. */
  readonly variant: Variant;
  /** Threads that compute. */
  readonly threads: number;
  /** Inputs with the shapes that were asked for. */
  readonly inputs: readonly NamedShape[];
  /** Outputs with the shapes that follow. */
  readonly outputs: readonly NamedShape[];
  /** In the order they are computed; those that no output needs are not, and not counted. */
  readonly layers: readonly SummaryLayer[];
  /** Numbers in all parameters of these layers. */
  readonly params: number;
  /** Multiply-adds of one run. */
  readonly macs: number;
  /** Bytes that the model holds. */
  readonly memory: MemoryUse;
}

/** Compiles the model for these shapes, if it is not yet, and describes it. */
export function summarize(session: Session, shapes: readonly (readonly number[])[]): Description {
  const program = session.program(shapes);
  const { images, atOnce } = session.batch(shapes);
  const { plan } = program;
  // What passes in parts has its images along the first dimension of every value.
  const whole = (shape: readonly number[]): readonly number[] => (atOnce < images ? [images, ...shape.slice(1)] : shape);
  const layers = plan.layers.map((layer): SummaryLayer => {
    const algorithms = layer.steps.map((step) => session.algorithmOf(program, step));
    const [outputShape, macs] = [whole(layer.outputShape), (layer.macs * images) / atOnce];
    return { ...layer, outputShape, macs, algorithms: [...new Set(algorithms)] };
  });
  const nodes = neededNodes(session.graph.nodes, session.graph.outputs.map(({ value }) => value));
  const read = new Set(nodes.flatMap(({ params }) => Object.values(params)));
  const params = session.graph.params.filter(({ name }) => read.has(name));
  const port = ({ name, shape }: PlannedPort): PlannedPort => ({ name, shape: whole(shape) });
  return {
    inputs: plan.inputs.map(port),
    outputs: plan.outputs.map(port),
    layers,
    params: params.reduce((sum, { shape }) => sum + shape.reduce((product, dim) => product * dim, 1), 0),
  };
}
