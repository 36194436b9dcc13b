import { wrong } from '../../base/wrong.js';
import { checkInputs } from '../../session/inputs.js';
import type { Inputs, Port } from '../../session/inputs.js';
import type { Instance } from '../../wasm/instance.js';
import type { Interrupted } from '../../session/interrupt.js';
import { profileOf } from '../../session/profile.js';
import type { Profile } from '../../session/profile.js';
import type { Features } from '../../session/runnable.js';
import { ModelInEngine } from '../../session/model-in-engine.js';
import type { Description } from '../../session/model-in-engine.js';
import type { Ending } from '../../graph/ending.js';
import { isTensor } from '../../tensor/tensor.js';
import type { AnyTensor } from '../../tensor/tensor.js';
import { onnxEnding } from '../plan/ending.js';
import { onnxFeatures } from '../plan/features.js';
import { expectNoGaps } from '../plan/gaps.js';
import { liveNodes, reads } from '../plan/liveness.js';
import { withOnnxOutputs } from '../plan/outputs.js';
import { OnnxEngine } from './session.js';
import type { OnnxOptions } from './session.js';
import { checkSymbols, surfacePort, toHost, toSurface } from './surface.js';
import { fill } from '../form/tensors.js';
import type { HostTensor, OnnxModel, OnnxPort } from '../form/types.js';

/** An ONNX model as callers see it: checked inputs in, results of the model's types out. */
export class OnnxRunnable extends ModelInEngine {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  private readonly engine: OnnxEngine;
  /** Made when a default is replaced for the first time. */
  private replacing: OnnxEngine | undefined;
  private found: Ending | undefined;

  constructor(
    instance: Instance,
    private readonly model: OnnxModel,
    private readonly options: OnnxOptions,
  ) {
    super(instance);
    expectNoGaps(model);
    this.inputs = model.graph.inputs.map(surfacePort);
    this.outputs = model.graph.outputs.map(surfacePort);
    this.engine = new OnnxEngine(instance, model, options);
  }

  run(inputs: Inputs, interrupted?: Interrupted): Record<string, AnyTensor> {
    this.expectNotDisposed();
    const replaced = this.replacedBy(inputs);
    const results = replaced.length > 0 ? this.runReplacing(inputs, replaced, interrupted) : this.engine.run(this.check(inputs), { interrupted });
    return Object.fromEntries([...results].map(([name, value]) => [name, toSurface(value)]));
  }

  private check(inputs: Inputs, more: readonly OnnxPort[] = []): Map<string, HostTensor> {
    const ports = [...this.model.graph.inputs, ...more];
    const tensors = checkInputs([...this.inputs, ...more.map(surfacePort)], inputs);
    checkSymbols(ports, tensors.map(({ shape }) => shape));
    return new Map(tensors.map((tensor, i) => [ports[i]?.name ?? '', toHost(tensor, ports[i]?.dtype)]));
  }

  /**
   * The inputs with a default that are given.
   * @throws ArgumentError for a name that the model has a weight of, but no input
   */
  private replacedBy(inputs: Inputs): readonly OnnxPort[] {
    const { initializers, defaults } = this.model.graph;
    if (initializers.size === 0 || ArrayBuffer.isView(inputs) || Array.isArray(inputs) || isTensor(inputs)) return [];
    const given = Object.keys(Object(inputs) as object);
    const place = given.find((name) => initializers.has(name) && !defaults.some((port) => port.name === name));
    if (place === undefined) return defaults.filter(({ name }) => given.includes(name));
    const expected = [...this.inputs, ...defaults].map(({ name }) => name).join(', ');
    const hint = 'leave it out, or write the model with it as an input';
    wrong(place, `one of the inputs ${expected}`, 'a weight of the model', { hint });
  }

  /** In an engine for which no default is a constant: the others are given as they are. */
  private runReplacing(inputs: Inputs, replaced: readonly OnnxPort[], interrupted: Interrupted | undefined): Map<string, HostTensor> {
    const { graph } = this.model;
    const initializers = new Map(graph.initializers);
    const kept = graph.defaults.filter((port) => !replaced.includes(port)).map(({ name }): [string, HostTensor] => [name, graph.initializers.get(name)!.tensor()]);
    for (const { name } of graph.defaults) initializers.delete(name);
    const open = { ...this.model, graph: { ...graph, initializers, inputs: [...graph.inputs, ...graph.defaults], defaults: [] } };
    this.replacing ??= new OnnxEngine(this.instance, open, this.options);
    return this.replacing.run(new Map([...this.check(inputs, replaced), ...kept]), { interrupted });
  }

  protected override runZeros(shapes: readonly (readonly number[])[]): void {
    this.engine.run(this.zeros(shapes));
  }

  protected override planFor(shapes: readonly (readonly number[])[]): void {
    this.engine.prepare(this.zeros(shapes));
  }

  protected override describe(shapes: readonly (readonly number[])[]): Description {
    const zeros = this.zeros(shapes);
    const { layers, outputs } = this.engine.layers(zeros);
    const { graph } = this.model;
    const read = new Set(liveNodes(graph.nodes, graph.outputs.map(({ name }) => name)).flatMap(reads));
    const initializers = [...graph.initializers].filter(([name]) => read.has(name));
    const params = initializers.reduce((sum, [, { shape }]) => sum + shape.reduce((a, b) => a * b, 1), 0);
    const port = ([name, { shape }]: [string, HostTensor]): Description['inputs'][number] => ({ name, shape });
    return { inputs: [...zeros].map(port), outputs: [...outputs].map(port), layers, params };
  }

  profile(inputs: Inputs, iterations?: number): Profile {
    this.expectNotDisposed();
    const tensors = this.check(inputs);
    return profileOf(this.variant, iterations, () => this.engine.time(tensors));
  }

  protected override activationBytes(): number {
    return this.engine.activationBytes() + (this.replacing?.activationBytes() ?? 0);
  }

  /** A second route over the weights that are packed: it takes arenas more, no weights. */
  protected override cutFeatures(): Features {
    const { value, ...how } = onnxFeatures(this.model.graph);
    const session = new OnnxRunnable(this.instance, withOnnxOutputs(this.model, [value]), { ...this.options, shared: this.engine.shared });
    return { session, output: value, ...how };
  }

  get ending(): Ending {
    return (this.found ??= onnxEnding(this.model.graph));
  }

  protected override intact(): boolean {
    return this.engine.usable && this.replacing?.usable !== false;
  }

  protected override free(): void {
    // After a trap the allocator cannot be trusted; the memory goes with the instance.
    if (this.replacing?.usable !== false) this.engine.dispose();
  }

  private zeros(shapes: readonly (readonly number[])[]): Map<string, HostTensor> {
    return new Map(this.model.graph.inputs.map(({ name, dtype }, i) => [name, fill(dtype ?? 'float32', shapes[i] ?? [], () => 0)]));
  }
}
