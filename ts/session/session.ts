import { EngineError } from '../base/errors.js';
import type { ReceptiveError } from '../base/errors.js';
import type { TensorSource } from '../formats/stored.js';
import { graphEnding } from '../graph/ending.js';
import { graphFeatures } from '../graph/features.js';
import type { Ending } from '../graph/ending.js';
import type { Graph } from '../graph/graph.js';
import { imagesAtOnce, withImages } from '../program/batch.js';
import { buildPlan } from '../program/plan.js';
import type { Features } from './runnable.js';
import type { Plan, PlanOptions } from '../program/plan.js';
import type { Tensor } from '../tensor/tensor.js';
import { checkAlgorithm } from './algorithm.js';
import type { Algorithm } from './algorithm.js';
import { joinImages, splitImages } from './batch.js';
import { DEAD_THREAD, engineFailure, isTrap, threadLost, trapped } from './failures.js';
import { checkInputs } from './inputs.js';
import type { Inputs, Port } from './inputs.js';
import type { Instance } from '../wasm/instance.js';
import { runProgram } from './interrupt.js';
import type { Interrupted } from './interrupt.js';
import { Lru } from '../base/lru.js';
import { ModelInEngine } from './model-in-engine.js';
import type { Description } from './model-in-engine.js';
import { profile } from './profile.js';
import type { Profile } from './profile.js';
import { WeightSlots } from './slots.js';
import { summarize } from './summary.js';
import { checkWeights, ReleasableSource } from './weights.js';

/** Plans for this many different input shapes are kept; each holds one arena. */
const KEPT_PROGRAMS = 4;
/** How batches of this many different shapes pass is remembered. */
const KEPT_BATCHES = 16;

/** A plan that the engine has compiled. */
export interface Program {
  readonly id: number;
  readonly plan: Plan;
}

/** What graphs share that run in one engine. */
export interface Shared {
  readonly slots: WeightSlots;
  /** Why the engine cannot be used any more. */
  broken: ReceptiveError | undefined;
}

export interface SessionOptions {
  readonly algorithm?: Algorithm | undefined;
  readonly plan?: PlanOptions | undefined;
  /** Given where other graphs run in the same engine; whoever started it then frees it. */
  readonly shared?: Shared | undefined;
}

/**
 * A graph in an engine: compiles a plan for every new combination of input shapes and runs it.
 * Everything here is synchronous and happens on the thread that calls.
 */
export class Session extends ModelInEngine {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  private readonly shared: Shared;
  private readonly ownsEngine: boolean;
  private readonly programs: Lru<Program>;
  private readonly batches = new Lru<number>(KEPT_BATCHES, () => {});
  private readonly weights: ReleasableSource;
  /** Whether no other session needs those that this one does not. */
  private readonly ownsWeights: boolean;
  private readonly planOptions: PlanOptions;

  /** @throws WeightsError where graph and weights do not fit, ArgumentError for an unknown algorithm */
  constructor(
    instance: Instance,
    readonly graph: Graph,
    weights: TensorSource,
    { algorithm = 'auto', plan = {}, shared }: SessionOptions = {},
  ) {
    super(instance);
    const word = checkAlgorithm(algorithm);
    checkWeights(graph.params, weights);
    this.ownsWeights = !(weights instanceof ReleasableSource);
    this.weights = weights instanceof ReleasableSource ? weights : new ReleasableSource(weights);
    this.ownsEngine = shared === undefined;
    this.shared = shared ?? { slots: new WeightSlots(instance.engine, word), broken: undefined };
    this.planOptions = plan;
    this.programs = new Lru(KEPT_PROGRAMS, ({ id }) => instance.engine.release(id));
    const port = ({ name, value }: { name: string; value: number }): Port => ({
      name,
      dtype: 'float32',
      shape: graph.values[value]?.shape ?? [],
    });
    this.inputs = graph.inputs.map(port);
    this.outputs = graph.outputs.map(port);
  }

  /**
   * Computes the outputs, NCHW, in memory of their own.
   * @throws ShapeError, DtypeError or ArgumentError for inputs that do not fit; EngineError if the engine fails; AbortedError
   */
  run(inputs: Inputs, interrupted?: Interrupted): Record<string, Tensor> {
    const results = this.passes(this.check(inputs)).map((tensors) => this.pass(tensors, interrupted));
    return joinImages(results);
  }

  private pass(tensors: readonly Tensor[], interrupted: Interrupted | undefined): Record<string, Tensor> {
    const program = this.compiled(tensors.map(({ shape }) => shape));
    return this.guard(program.plan, () => {
      this.write(program, tensors);
      runProgram(this.instance.engine, program, interrupted);
      return this.read(program);
    });
  }

  /** The inputs of each pass: a batch goes through in parts where that is faster. */
  private passes(tensors: readonly Tensor[]): readonly (readonly Tensor[])[] {
    const { images, atOnce } = this.batch(tensors.map(({ shape }) => shape));
    return atOnce < images ? splitImages(tensors, images, atOnce) : [tensors];
  }

  /** Images of a batch, and how many of them pass together. Without optimisation all do. */
  batch(shapes: readonly (readonly number[])[]): { images: number; atOnce: number } {
    const images = shapes[0]?.[0] ?? 1;
    if (images === 1 || this.planOptions.optimize === false) return { images, atOnce: images };
    return { images, atOnce: this.batches.get(JSON.stringify(shapes), () => imagesAtOnce(this.graph, shapes)) };
  }

  /** The inputs in their order; every port is float32. @throws ArgumentError, DtypeError, ShapeError */
  check(inputs: Inputs): Tensor[] {
    return checkInputs(this.inputs, inputs) as Tensor[];
  }

  /** The compiled plan for the first pass of these input shapes, in the order of the inputs. */
  program(shapes: readonly (readonly number[])[]): Program {
    const { images, atOnce } = this.batch(shapes);
    return this.compiled(atOnce < images ? withImages(shapes, atOnce) : shapes);
  }

  private compiled(shapes: readonly (readonly number[])[]): Program {
    this.expectUsable();
    return this.programs.get(JSON.stringify(shapes), () => this.compile(shapes));
  }

  protected override runZeros(shapes: readonly (readonly number[])[]): void {
    const tensors = this.inputs.map(({ name }, i): [string, Tensor] => {
      const shape = shapes[i] ?? [];
      const length = shape.reduce((product, dim) => product * dim, 1);
      return [name, { dtype: 'float32', shape, data: new Float32Array(length) }];
    });
    this.run(Object.fromEntries(tensors));
  }

  protected override planFor(shapes: readonly (readonly number[])[]): void {
    this.program(shapes);
  }

  protected override describe(shapes: readonly (readonly number[])[]): Description {
    return summarize(this, shapes);
  }

  profile(inputs: Inputs, iterations?: number): Profile {
    return profile(this, inputs, iterations);
  }

  /** A second plan over the weights that are packed: it takes an arena more, no weights. */
  protected override cutFeatures(): Features {
    const { value, ...how } = graphFeatures(this.graph);
    const output = 'features';
    const graph = { ...this.graph, outputs: [{ name: output, value }] };
    const session = new Session(this.instance, graph, this.weights, { shared: this.shared, plan: this.planOptions });
    return { session, output, ...how };
  }

  get ending(): Ending {
    return graphEnding(this.graph);
  }

  /** Times one run of each step, in order, summed over the passes of a batch. */
  time(tensors: readonly Tensor[], now: () => number): number[] {
    const passes = this.passes(tensors).map((part) => this.timePass(part, now));
    return (passes[0] ?? []).map((_, step) => passes.reduce((sum, times) => sum + (times[step] ?? 0), 0));
  }

  /** Input memory may be reused by later steps, so it is written again. */
  private timePass(tensors: readonly Tensor[], now: () => number): number[] {
    const program = this.compiled(tensors.map(({ shape }) => shape));
    return this.guard(program.plan, () => {
      this.write(program, tensors);
      return program.plan.steps.map((_, step) => {
        const start = now();
        this.instance.engine.runSteps(program.id, step, step + 1);
        return now() - start;
      });
    });
  }

  /** The algorithm the engine chose for a step. */
  algorithmOf(program: Program, step: number): string {
    return this.guard(program.plan, () => this.instance.engine.algorithm(program.id, step));
  }

  override activationBytes(): number {
    this.expectUsable();
    return this.programs.values().reduce((sum, { id }) => sum + this.instance.engine.programBytes(id), 0);
  }

  protected override intact(): boolean {
    return this.shared.broken === undefined && this.instance.intact();
  }

  /** Frees the engine, or in a shared one the plans. */
  protected override free(): void {
    // After a trap the allocator cannot be trusted; the memory goes with the instance.
    if (this.shared.broken) return;
    if (this.ownsEngine) this.instance.engine.free();
    else this.programs.clear();
  }

  private compile(shapes: readonly (readonly number[])[]): Program {
    const plan = buildPlan(this.graph, shapes.map((shape) => [...shape]), this.weights, this.planOptions);
    const id = this.guard(plan, () => {
      this.shared.slots.reserve(plan.weights);
      const words = plan.words((index) => this.slot(plan, index));
      return this.instance.engine.compile(words);
    });
    if (this.ownsWeights) this.weights.release();
    return { id, plan };
  }

  private slot(plan: Plan, index: number): number {
    const request = plan.weights[index];
    if (!request) throw new EngineError(`the plan has no weight ${index}`);
    return this.shared.slots.slot(request);
  }

  private write({ id }: Program, tensors: readonly Tensor[]): void {
    tensors.forEach(({ data }, i) => this.view(this.instance.engine.inputPtr(id, i), data.length).set(data));
  }

  private read({ id, plan }: Program): Record<string, Tensor> {
    const { engine } = this.instance;
    const read = plan.outputs.map(({ name, shape }, i): [string, Tensor] => {
      const data = this.view(engine.outputPtr(id, i), engine.outputLen(id, i)).slice();
      return [name, { dtype: 'float32', shape: [...shape], data }];
    });
    return Object.fromEntries(read);
  }

  private view(pointer: number, length: number): Float32Array {
    return new Float32Array(this.instance.memory.buffer, pointer, length);
  }

  private expectUsable(): void {
    this.expectNotDisposed();
    if (!this.instance.intact()) this.shared.broken ??= threadLost();
    const { broken } = this.shared;
    if (broken?.got === DEAD_THREAD) throw broken;
    if (broken) throw new EngineError('the engine failed before and its state is unknown; load the model again', { cause: broken });
  }

  /** Runs engine calls: names the layer of what they throw, and marks the engine as broken after a trap. */
  private guard<Result>(plan: Plan, calls: () => Result): Result {
    this.expectUsable();
    try {
      return calls();
    } catch (error) {
      const failure = isTrap(error) ? this.trapped(error) : engineFailure(error, (step) => plan.steps[step]?.layer);
      if (isTrap(error)) this.shared.broken = failure;
      throw failure;
    }
  }

  private trapped(error: unknown): EngineError {
    return this.instance.intact() ? trapped(error) : threadLost(error);
  }
}
