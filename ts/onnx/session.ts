import { EngineError, ReceptiveError } from '../errors.js';
import { algorithmWord, Session } from '../engine/session.js';
import type { Algorithm, Shared } from '../engine/session.js';
import type { Instance } from '../engine/instance.js';
import { Lru } from '../engine/lru.js';
import { WeightSlots } from '../engine/slots.js';
import { tensor } from '../tensor/tensor.js';
import type { Tensor } from '../tensor/tensor.js';
import { evaluateNode } from './evaluate.js';
import type { Known } from './known.js';
import { liveNodes } from './liveness.js';
import { planLeg } from './planner.js';
import type { Leg, State } from './planner.js';
import { hostTensor } from './tensors.js';
import type { HostTensor, OnnxModel } from './types.js';

/** Routes for this many combinations of input shapes are kept. */
const KEPT_ROUTES = 4;

/** One leg of a route, and where it goes on, by the types and shapes of what the host node gave. */
interface Stop {
  readonly leg: Leg;
  readonly session: Session | undefined;
  readonly next: Map<string, Stop>;
}

type Values = Map<string, HostTensor>;

export interface OnnxOptions {
  readonly algorithm?: Algorithm | undefined;
}

/** An ONNX model in an engine: segments run there, the rest outside, planned for the shapes that inputs have. */
export class OnnxEngine {
  private readonly shared: Shared;
  private readonly routes: Lru<Stop>;
  private readonly outputs: readonly string[];
  private readonly start: Omit<State, 'index'>;

  constructor(
    private readonly instance: Instance,
    readonly model: OnnxModel,
    { algorithm = 'auto' }: OnnxOptions = {},
  ) {
    this.shared = { slots: new WeightSlots(instance.engine, algorithmWord(algorithm)), broken: undefined };
    this.routes = new Lru(KEPT_ROUTES, leave);
    const { nodes, outputs, initializers } = model.graph;
    this.outputs = outputs.map(({ name }) => name);
    const known = new Map<string, Known>();
    for (const [name, constant] of initializers) known.set(name, { dtype: constant.dtype, shape: constant.shape, constant });
    this.start = { nodes: liveNodes(nodes, this.outputs), known };
  }

  /** Computes the outputs by name. The inputs were checked. */
  run(inputs: ReadonlyMap<string, HostTensor>): Map<string, HostTensor> {
    const values: Values = new Map(inputs);
    const key = keyOf([...inputs.values()]);
    let stop = this.routes.get(key, () => this.begin(inputs, key));
    for (;;) {
      this.runSegment(stop, values);
      const { host } = stop.leg;
      if (!host) return this.collect(stop, values);
      stop = this.runHost(stop, values, key);
    }
  }

  private begin(inputs: ReadonlyMap<string, HostTensor>, key: string): Stop {
    const known = new Map(this.start.known);
    for (const [name, { dtype, shape }] of inputs) known.set(name, { dtype, shape });
    return this.stopAt({ nodes: this.start.nodes, index: 0, known }, key);
  }

  private stopAt(state: State, key: string): Stop {
    const leg = planLeg(state, this.outputs, key);
    const { segment } = leg;
    // Filters are packed for a map whose size is open where the model leaves it open.
    const session = segment && new Session(this.instance, segment.graph, segment.weights, { shared: this.shared });
    return { leg, session, next: new Map() };
  }

  private runSegment({ leg: { segment }, session }: Stop, values: Values): void {
    if (!segment || !session) return;
    const tensors = segment.inputs.map((name): [string, Tensor] => [name, floats(values.get(name) ?? segment.given.get(name), name)]);
    const results = session.run(Object.fromEntries(tensors));
    for (const { name, dtype } of segment.outputs) {
      const result = results[name];
      if (result) values.set(name, { ...result, dtype });
    }
  }

  private runHost(stop: Stop, values: Values, key: string): Stop {
    const { host, state } = stop.leg;
    if (!host) return stop;
    const find = (name: string): HostTensor | undefined => values.get(name) ?? state.known.get(name)?.constant?.tensor();
    const results = evaluateNode(host, host.inputs.map((name) => (name === '' ? undefined : find(name))), find);
    host.outputs.forEach((name, i) => {
      const result = results[i];
      if (name !== '' && result) values.set(name, result);
    });
    const branch = keyOf(results);
    const found = stop.next.get(branch);
    if (found) return found;
    const known = new Map(state.known);
    host.outputs.forEach((name, i) => {
      const result = results[i];
      if (name !== '' && result) known.set(name, { dtype: result.dtype, shape: result.shape });
    });
    const next = this.stopAt({ ...state, known }, key);
    stop.next.set(branch, next);
    return next;
  }

  private collect({ leg: { state } }: Stop, values: Values): Map<string, HostTensor> {
    return new Map(
      this.outputs.map((name) => {
        const value = values.get(name) ?? state.known.get(name)?.constant?.tensor();
        if (!value) throw new EngineError(`${name}: no node computes this output`, { place: name });
        return [name, value];
      }),
    );
  }

  dispose(): void {
    if (!this.shared.broken) this.instance.engine.free();
    this.shared.broken ??= new ReceptiveError('disposed', 'DisposedError', 'the model has been disposed');
  }
}

function leave({ session, next }: Stop): void {
  session?.dispose();
  for (const stop of next.values()) leave(stop);
}

function keyOf(tensors: readonly HostTensor[]): string {
  return tensors.map(({ dtype, shape }) => `${dtype} ${shape.join('x')}`).join();
}

function floats(value: HostTensor | undefined, name: string): Tensor {
  if (!value) throw new EngineError(`${name}: not there when the engine needs it`, { place: name });
  const { shape, data } = value;
  return tensor(data instanceof Float32Array ? data : (hostTensor('float32', shape, data).data as Float32Array), shape);
}

