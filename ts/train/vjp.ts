import { WeightsError } from '../base/errors.js';
import { checkOptions, optionNames } from '../base/options.js';
import type { KnownOptions } from '../base/options.js';
import { showShape, showValue } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import { VERSION } from '../contract/train/words.js';
import type { Graph, NamedValue } from '../graph/graph.js';
import { encode } from '../program/words.js';
import { isTensor, tensor } from '../tensor/tensor.js';
import type { Tensor } from '../tensor/tensor.js';
import { floats } from './batch.js';
import type { TrainEngine } from './engine.js';
import { expectShape, trainProgram } from './program.js';
import type { TrainProgram } from './program.js';
import { learns } from './session.js';
import type { Numbers } from './session.js';

/** Tensors by name, in a map or an object. */
export type Named = ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>;

/** What a vector-Jacobian product is taken of. */
export interface VjpRequest {
  /** Every parameter by name. */
  readonly weights?: Named | undefined;
  /** Every input by name, or the tensor alone where there is one. */
  readonly inputs: Tensor | Named;
  /** The gradient of every output, of its shape, by name, or the tensor alone where there is one. */
  readonly upstream: Tensor | Named;
  /** Whether BatchNorm takes the statistics of the batch, and dropout drops. Default true, as a module of PyTorch begins. */
  readonly training?: boolean | undefined;
}

/** A vector-Jacobian product. */
export interface Vjp {
  /** By name of the output. */
  readonly outputs: ReadonlyMap<string, Tensor>;
  /** Of the shape of what each belongs to, by name of the input or the parameter. */
  readonly gradients: ReadonlyMap<string, Tensor>;
  /** Running statistics after the run, by name. */
  readonly state: ReadonlyMap<string, Tensor>;
}

const VJP_OPTIONS = optionNames<VjpRequest>({ weights: true, inputs: true, upstream: true, training: 'boolean' });

/**
 * What is asked of `vjp`, checked: also where it is missing altogether.
 * @param others - options that are taken besides, whose values are checked where they are used
 * @throws ArgumentError naming the option
 */
export function checkVjpRequest(request: VjpRequest, others: KnownOptions = {}): void {
  const given: unknown = request;
  if (given === undefined) wrong('vjp: options', 'inputs and upstream', showValue(given));
  checkOptions('vjp', request, { ...VJP_OPTIONS, ...others });
}

/** `vjpOf` for tensors that come from outside. @throws ArgumentError, DtypeError, ShapeError for what are no tensors of float32; what `vjpOf` throws */
export function vjpOn(engine: TrainEngine, graph: Graph, request: VjpRequest): Vjp {
  checkVjpRequest(request);
  const { weights = {}, inputs, upstream, training = true } = request;
  const { outputs, gradients, state } = vjpOf(engine, graph, {
    weights: numbersOf('weights', weights),
    inputs: numbersOf('inputs', one(inputs, graph.inputs)),
    upstream: numbersOf('upstream', one(upstream, graph.outputs)),
    training,
  });
  return { outputs: tensorsOf(outputs), gradients: tensorsOf(gradients), state: tensorsOf(state) };
}

/** A tensor alone, by the only name there is. */
function one(given: Tensor | Named, [only, ...others]: readonly NamedValue[]): Named {
  return isTensor(given) && only && others.length === 0 ? { [only.name]: given } : (given as Named);
}

function numbersOf(place: string, named: Named): Map<string, Numbers> {
  if (typeof named !== 'object' || named === null || isTensor(named)) wrong(place, 'tensors by name', showValue(named));
  const entries = named instanceof Map ? [...(named as ReadonlyMap<string, Tensor>)] : Object.entries(named);
  return new Map(entries.map(([name, tensor]: [string, Tensor]) => [name, floats(`${place}.${name}`, tensor)]));
}

const tensorsOf = (of: ReadonlyMap<string, Numbers>): Map<string, Tensor> =>
  new Map([...of].map(([name, { shape, data }]) => [name, tensor(data, shape)]));

/** A request whose tensors are checked. */
export interface VjpOptions {
  /** Every parameter by name. */
  readonly weights: ReadonlyMap<string, Numbers>;
  /** Every input by name. */
  readonly inputs: ReadonlyMap<string, Numbers>;
  /** The gradient of every output, by name. */
  readonly upstream: ReadonlyMap<string, Numbers>;
  /** Whether BatchNorm takes the statistics of the batch, and dropout drops. */
  readonly training: boolean;
}

/** What comes back. */
export interface VjpAnswer {
  readonly outputs: Map<string, Numbers>;
  /** By name of the input or the parameter. */
  readonly gradients: Map<string, Numbers>;
  /** Running statistics after the run. */
  readonly state: Map<string, Numbers>;
}

/**
 * Runs a graph, and takes the gradients of its outputs back to its inputs and parameters.
 * @throws UnsupportedError naming a layer that has no gradient; ShapeError for a tensor of another shape; WeightsError for a parameter
 * that is missing
 */
export function vjpOf(engine: TrainEngine, graph: Graph, options: VjpOptions): VjpAnswer {
  const trainable = new Set(graph.params.map(({ name }) => name).filter(learns));
  const inputShapes = graph.inputs.map(({ name }) => find('inputs', options.inputs, name).shape);
  const program = trainProgram({ graph, inputShapes, trainable, training: options.training, inputGradients: true, gradients: true });
  const id = engine.compile(encode(program, (weight) => weight, VERSION));
  try {
    feed(engine, id, program, options);
    engine.runSteps(id, 0, program.steps.length);
    return answers(engine, id, program, graph);
  } finally {
    engine.release(id);
  }
}

function find(what: string, numbers: ReadonlyMap<string, Numbers>, name: string): Numbers {
  const found = numbers.get(name);
  if (found) return found;
  wrong(what, name, [...numbers.keys()].join(', ') || 'none');
}

const UPSTREAM = 'upstream ';

function feed(engine: TrainEngine, id: number, program: TrainProgram, { weights, inputs, upstream }: VjpOptions): void {
  program.fed.forEach(({ name, shape }, i) => {
    if (name === 'hyper') return;
    const numbers = name.startsWith(UPSTREAM) ? find('upstream', upstream, name.slice(UPSTREAM.length)) : find('inputs', inputs, name);
    expectShape(name, numbers.shape, shape);
    engine.input(id, i).set(numbers.data);
  });
  program.kept.forEach(({ name, shape }, i) => {
    const numbers = weights.get(name);
    if (!numbers) wrong(`weights: ${name}`, `a tensor ${showShape(shape)}`, 'none', { as: WeightsError });
    expectShape(name, numbers.shape, shape);
    engine.input(id, program.fed.length + i).set(numbers.data);
  });
}

const GRADIENT = 'gradient ';

function answers(engine: TrainEngine, id: number, program: TrainProgram, graph: Graph): VjpAnswer {
  const result: VjpAnswer = { outputs: new Map(), gradients: new Map(), state: new Map() };
  program.kept.forEach(({ name, shape }, i) => {
    if (!learns(name)) result.state.set(name, { shape, data: engine.output(id, i).slice() });
  });
  program.answers.forEach(({ name, shape }, i) => {
    const numbers = { shape, data: engine.output(id, program.kept.length + i).slice() };
    if (name.startsWith(GRADIENT)) result.gradients.set(name.slice(GRADIENT.length), numbers);
    else if (graph.outputs.some((output) => output.name === name)) result.outputs.set(name, numbers);
  });
  return result;
}
