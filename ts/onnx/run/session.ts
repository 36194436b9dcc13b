import { disposedError } from '../../base/disposed.js';
import { EngineError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { checkAlgorithm } from '../../session/algorithm.js';
import { Session } from '../../session/session.js';
import type { Algorithm } from '../../session/algorithm.js';
import type { Shared } from '../../session/session.js';
import type { Instance } from '../../wasm/instance.js';
import { throwIfInterrupted } from '../../session/interrupt.js';
import type { Interrupted } from '../../session/interrupt.js';
import { Lru } from '../../base/lru.js';
import type { Graph } from '../../graph/graph.js';
import { timeSteps } from '../../session/profile.js';
import type { ProfileStep } from '../../session/profile.js';
import type { SummaryLayer } from '../../session/summary.js';
import { WeightSlots } from '../../session/slots.js';
import type { PlanOptions } from '../../program/plan.js';
import type { Tensor } from '../../tensor/tensor.js';
import { evaluateNode } from '../plan/evaluate.js';
import type { Run, Scope } from '../plan/evaluate.js';
import { Bodies } from './bodies.js';
import { Facts, knownConstants } from '../plan/known.js';
import { liveNodes } from '../plan/liveness.js';
import { matchPatterns } from '../plan/patterns.js';
import { branchOf, isNeededFrom, planLeg, takeBranch } from '../plan/planner.js';
import type { Leg, State } from '../plan/planner.js';
import { hostTensor } from '../form/tensors.js';
import { checkIndices, floats } from './values.js';
import type { HostTensor, Numbers, OnnxModel, OnnxNode } from '../form/types.js';

/** How many routes are cached by input shapes, and how many continuations after each host node. */
const MAX_ROUTES = 4;

/** One leg of a route, and where it goes on, by the types and shapes of what the host node gave. */
interface Stop {
  readonly leg: Leg;
  readonly session: Session | undefined;
  readonly next: Lru<Stop>;
  /** Of its host node. */
  readonly bodies: Bodies;
}

type Values = Map<string, HostTensor>;

type Given = ReadonlyMap<string, HostTensor>;

/** Told of the parts of a run, and asked whether it shall go on. */
interface Visit {
  readonly interrupted?: Interrupted | undefined;
  readonly segment?: (session: Session, inputs: Readonly<Record<string, Tensor>>) => void;
  readonly host?: (node: OnnxNode, ms: number) => void;
}

export interface OnnxOptions {
  readonly algorithm?: Algorithm | undefined;
  readonly plan?: PlanOptions | undefined;
  /** Given where another part of the same model runs in the engine, which frees it. */
  readonly shared?: Shared | undefined;
}

/** An ONNX model in an engine: segments run there, the rest outside, planned for the shapes that inputs have. */
export class OnnxEngine {
  /** What another part of the model may share. */
  readonly shared: Shared;
  private readonly routes: Lru<Stop>;
  private readonly outputs: readonly string[];
  private readonly start: Omit<State, 'index'>;
  private readonly plan: PlanOptions | undefined;
  private readonly openMaps: boolean;

  constructor(
    private readonly instance: Instance,
    readonly model: OnnxModel,
    { algorithm = 'auto', plan, shared }: OnnxOptions = {},
  ) {
    this.plan = plan;
    this.shared = shared ?? { slots: new WeightSlots(instance.engine, checkAlgorithm(algorithm)), broken: undefined };
    this.routes = new Lru(MAX_ROUTES, leave);
    const { nodes, outputs } = model.graph;
    this.outputs = outputs.map(({ name }) => name);
    // Of open dimensions those of the batch alone do not count.
    this.openMaps = model.graph.inputs.some(({ shape }) => !shape || shape.slice(1).some((dim) => typeof dim === 'string'));
    const live = liveNodes(nodes, this.outputs);
    this.start = { nodes: plan?.optimize === false ? live : matchPatterns(live, model.graph), known: Facts.of(knownConstants(model.graph)) };
  }

  /** Computes the outputs by name, in memory of their own. The inputs were checked. */
  run(inputs: Given, visit: Visit = {}): Map<string, HostTensor> {
    const values: Values = new Map(inputs);
    const own = new Set<Numbers>();
    const key = keyOf([...inputs.values()]);
    let stop = this.first(inputs, key);
    for (;;) {
      this.runSegment(stop, values, own, visit);
      const { host } = stop.leg;
      if (!host) return this.collect(stop, values, own);
      throwIfInterrupted(visit.interrupted);
      const branch = branchOf(host, this.find(stop, values)(host.inputs[0] ?? ''));
      if (branch !== undefined) {
        stop = this.goInto(stop, branch);
        continue;
      }
      const start = performance.now();
      const next = this.runHost(stop, values);
      visit.host?.(host, performance.now() - start);
      stop = this.goOn(stop, next);
      this.drop(stop, values);
    }
  }

  /** Plans as far as can be without running. */
  prepare(inputs: Given): void {
    const stop = this.first(inputs, keyOf([...inputs.values()]));
    stop.session?.program((stop.leg.segment?.inputs ?? []).map(({ shape }) => shape));
  }

  /** What each layer is and costs, and what comes out. */
  layers(inputs: Given): { layers: SummaryLayer[]; outputs: Map<string, HostTensor> } {
    const layers: SummaryLayer[] = [];
    // Segments and nodes of the host know each other's values by the names that the model has for them.
    const makers = new Map([...inputs.keys()].map((name) => [name, name]));
    const read = (names: readonly string[], own = new Set<string>()): string[] => names.flatMap((name) => (own.has(name) ? name : (makers.get(name) ?? [])));
    const outputs = this.run(inputs, {
      segment: (session, tensors) => {
        const found = session.summary(shapesOf(tensors)).layers;
        const own = new Set(found.map(({ name }) => name));
        layers.push(...found.map((layer) => ({ ...layer, inputs: read(layer.inputs, own) })));
        for (const [value, maker] of makersIn(session.graph)) makers.set(value, own.has(maker) ? maker : (makers.get(maker) ?? maker));
      },
      host: (node) => {
        layers.push(hostLayer(node, read(node.inputs)));
        for (const name of node.outputs) makers.set(name, node.name);
      },
    });
    return { layers, outputs };
  }

  /** One run, and the milliseconds of its steps. */
  time(inputs: Given): ProfileStep[] {
    const steps: ProfileStep[] = [];
    this.run(inputs, {
      segment: (session, tensors) => steps.push(...timeSteps(session, session.check(tensors))),
      host: ({ name, op }, ms) => steps.push({ layer: name, type: op, algorithm: 'host', ms }),
    });
    return steps;
  }

  activationBytes(): number {
    return this.routes.values().reduce((sum, stop) => sum + bytesFrom(stop), 0);
  }

  private first(inputs: Given, key: string): Stop {
    return this.routes.get(key, () => this.begin(inputs, key));
  }

  private begin(inputs: Given, key: string): Stop {
    const known = this.start.known.fork();
    for (const [name, { dtype, shape }] of inputs) known.set(name, { dtype, shape });
    return this.stopAt({ nodes: this.start.nodes, index: 0, known }, key);
  }

  private stopAt(state: State, key: string): Stop {
    const leg = planLeg(state, this.outputs, { key, openMaps: this.openMaps });
    const { segment } = leg;
    const session = segment && new Session(this.instance, segment.graph, segment.weights, { shared: this.shared, plan: this.plan });
    return { leg, session, next: new Lru(MAX_ROUTES, leave), bodies: new Bodies(this.instance, (model) => this.part(model)) };
  }

  private part(model: OnnxModel): OnnxEngine {
    return new OnnxEngine(this.instance, model, { plan: this.plan, shared: this.shared });
  }

  private runSegment({ leg: { segment }, session }: Stop, values: Values, own: Set<Numbers>, visit: Visit): void {
    if (!segment || !session) return;
    for (const check of segment.checks) checkIndices(check, values.get(check.name));
    const given = segment.inputs.map(({ name }): [string, Tensor] => [name, floats(values.get(name) ?? segment.given.get(name), name)]);
    const tensors = Object.fromEntries(given);
    visit.segment?.(session, tensors);
    const results = session.run(tensors, visit.interrupted);
    for (const { name, dtype } of segment.outputs) {
      const result = results[name];
      if (!result) continue;
      const value = dtype === 'float16' ? { ...result, dtype } : hostTensor(dtype, result.shape, result.data);
      own.add(value.data);
      values.set(name, value);
    }
  }

  /** Finds what was computed, or is known. */
  private find({ leg: { state } }: Stop, values: Values): Scope {
    return (name) => values.get(name) ?? state.known.get(name)?.constant?.tensor();
  }

  private runHost(stop: Stop, values: Values): readonly HostTensor[] {
    const { leg: { host, state }, bodies } = stop;
    if (!host) return [];
    const find = this.find(stop, values);
    const run: Run = (graph, given) => bodies.run(graph, given, find, state.known);
    const results = evaluateNode(host, host.inputs.map((name) => (name === '' ? undefined : find(name))), find, this.instance, run);
    named(host, results, (name, result) => values.set(name, result));
    return results;
  }

  /** Where the route goes on in a branch, planned when it is taken for the first time. */
  private goInto({ leg: { host, state }, next }: Stop, branch: string): Stop {
    return next.get(branch, () => this.stopAt(host ? takeBranch(state, host, branch) : state, newKey()));
  }

  /** Where the route goes on behind a host node; planned when its results have these shapes for the first time. */
  private goOn({ leg: { host, state }, next }: Stop, results: readonly HostTensor[]): Stop {
    const branch = keyOf(results);
    return next.get(branch, () => {
      const known = state.known.fork();
      if (host) named(host, results, (name, { dtype, shape }) => known.set(name, { dtype, shape }));
      return this.stopAt({ ...state, known }, newKey());
    });
  }

  /** Lets go of what nobody reads from here on. */
  private drop({ leg: { from, state } }: Stop, values: Values): void {
    const isNeeded = isNeededFrom(state.nodes, this.outputs, from);
    for (const name of values.keys()) if (!isNeeded(name)) values.delete(name);
  }

  /** What is an input, a constant or the same as another output is copied. */
  private collect(stop: Stop, values: Values, own: Set<Numbers>): Map<string, HostTensor> {
    const find = this.find(stop, values);
    return new Map(
      this.outputs.map((name) => {
        const value = find(name);
        if (!value) wrong(name, 'a node that computes this output', 'none', { as: EngineError });
        return [name, own.delete(value.data) ? value : { ...value, data: value.data.slice() }];
      }),
    );
  }

  get usable(): boolean {
    return this.shared.broken === undefined && this.instance.intact();
  }

  /** Gives back what was planned; the engine is another's. */
  leave(): void {
    this.routes.clear();
  }

  dispose(): void {
    if (!this.shared.broken) this.instance.engine.free();
    this.shared.broken ??= disposedError('model');
  }
}

function named(node: OnnxNode, results: readonly HostTensor[], take: (name: string, result: HostTensor) => void): void {
  node.outputs.forEach((name, i) => {
    const result = results[i];
    if (name !== '' && result) take(name, result);
  });
}

/** By the name of each output the layer, or else the input, that gives it. */
function makersIn({ inputs, nodes, outputs }: Graph): [value: string, maker: string][] {
  const names = new Map(inputs.map(({ name, value }) => [value, name]));
  for (const node of nodes) for (const value of node.outputs) names.set(value, node.name);
  return outputs.map(({ name, value }) => [name, names.get(value) ?? name]);
}

function hostLayer({ name, op }: OnnxNode, inputs: readonly string[]): SummaryLayer {
  return { name, type: op, inputs, outputShape: [], params: 0, macs: 0, steps: [], algorithms: ['host'] };
}

function shapesOf(tensors: Readonly<Record<string, Tensor>>): Record<string, readonly number[]> {
  return Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape]));
}

function bytesFrom({ session, next, bodies }: Stop): number {
  const own = (session ? session.activationBytes() : 0) + bodies.activationBytes();
  return next.values().reduce((sum, stop) => sum + bytesFrom(stop), own);
}

function leave({ session, next, bodies }: Stop): void {
  session?.dispose();
  bodies.leave();
  next.clear();
}

let keys = 0;

/** Names of constants behind a host node follow from all that came before it: no two continuations share them. */
function newKey(): string {
  keys += 1;
  return `continuation ${keys}`;
}

function keyOf(tensors: readonly HostTensor[]): string {
  return tensors.map(({ dtype, shape }) => `${dtype} ${shape.join('x')}`).join();
}
