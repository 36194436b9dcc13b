import { ArgumentError, DisposedError } from '../../base/errors.js';
import { checkInputs, checkShape, impliedShapes, shapesByName } from '../../session/inputs.js';
import type { Inputs, Port } from '../../session/inputs.js';
import type { Instance } from '../../wasm/instance.js';
import type { Interrupted } from '../../session/interrupt.js';
import { profileOf } from '../../session/profile.js';
import type { Profile } from '../../session/profile.js';
import type { Runnable } from '../../session/runnable.js';
import type { InputShapes, MemoryUse } from '../../session/session.js';
import type { Summary } from '../../session/summary.js';
import type { Ending } from '../../graph/ending.js';
import { isTensor } from '../../tensor/tensor.js';
import type { AnyTensor } from '../../tensor/tensor.js';
import { onnxEnding } from '../plan/ending.js';
import { expectNoGaps } from '../plan/gaps.js';
import { liveNodes, reads } from '../plan/liveness.js';
import { OnnxEngine } from './session.js';
import type { OnnxOptions } from './session.js';
import { checkSymbols, surfacePort, toHost, toSurface } from './surface.js';
import { fill } from '../form/tensors.js';
import type { HostTensor, OnnxModel, OnnxPort } from '../form/types.js';

/** An ONNX model as callers see it: checked inputs in, results of the model's types out. */
export class OnnxRunnable implements Runnable {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  private readonly engine: OnnxEngine;
  /** Made when a default is replaced for the first time. */
  private replacing: OnnxEngine | undefined;
  private disposed = false;
  private found: Ending | undefined;

  constructor(
    private readonly instance: Instance,
    private readonly model: OnnxModel,
    private readonly options: OnnxOptions,
  ) {
    expectNoGaps(model);
    this.inputs = model.graph.inputs.map(surfacePort);
    this.outputs = model.graph.outputs.map(surfacePort);
    this.engine = new OnnxEngine(instance, model, options);
  }

  get variant(): Instance['variant'] {
    return this.instance.variant;
  }

  get threads(): number {
    return this.instance.threads;
  }

  get threadsReason(): string | undefined {
    return this.instance.threadsReason;
  }

  run(inputs: Inputs, interrupted?: Interrupted): Record<string, AnyTensor> {
    this.expectUsable();
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
    throw new ArgumentError(`${place}: is a weight of the model, and none of its inputs ${expected}; ${hint}`, { place, expected, got: place, hint });
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

  warmup(inputShapes?: InputShapes): void {
    this.expectUsable();
    this.engine.run(this.zeros(this.shapesOf(inputShapes)));
  }

  prepare(inputShapes?: InputShapes): void {
    const shapes = inputShapes === undefined ? impliedShapes(this.inputs) : this.shapesOf(inputShapes);
    if (shapes) this.engine.prepare(this.zeros(shapes));
  }

  summary(inputShapes?: InputShapes): Summary {
    this.expectUsable();
    const zeros = this.zeros(this.shapesOf(inputShapes));
    const { layers, outputs } = this.engine.layers(zeros);
    const { graph } = this.model;
    const read = new Set(liveNodes(graph.nodes, graph.outputs.map(({ name }) => name)).flatMap(reads));
    const params = [...graph.initializers].filter(([name]) => read.has(name));
    const port = ([name, { shape }]: [string, HostTensor]): Summary['inputs'][number] => ({ name, shape });
    return {
      variant: this.variant,
      threads: this.threads,
      inputs: [...zeros].map(port),
      outputs: [...outputs].map(port),
      layers,
      params: params.reduce((sum, [, { shape }]) => sum + shape.reduce((a, b) => a * b, 1), 0),
      macs: layers.reduce((sum, { macs }) => sum + macs, 0),
      memory: this.memory(),
    };
  }

  profile(inputs: Inputs, iterations?: number): Profile {
    this.expectUsable();
    const tensors = this.check(inputs);
    return profileOf(this.variant, iterations, () => this.engine.time(tensors));
  }

  memory(): MemoryUse {
    this.expectUsable();
    const { engine, memory } = this.instance;
    return { weights: engine.weightBytes(), activations: this.engine.activationBytes() + (this.replacing?.activationBytes() ?? 0), total: memory.buffer.byteLength };
  }

  get ending(): Ending {
    return (this.found ??= onnxEnding(this.model.graph));
  }

  get usable(): boolean {
    return !this.disposed && this.engine.usable && this.replacing?.usable !== false;
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    // After a trap the allocator cannot be trusted; the memory goes with the instance.
    if (this.replacing?.usable !== false) this.engine.dispose();
  }

  private expectUsable(): void {
    if (this.disposed) throw new DisposedError('the model has been disposed');
  }

  private zeros(shapes: readonly (readonly number[])[]): Map<string, HostTensor> {
    return new Map(this.model.graph.inputs.map(({ name, dtype }, i) => [name, fill(dtype ?? 'float32', shapes[i] ?? [], () => 0)]));
  }

  private shapesOf(given: InputShapes | undefined): readonly (readonly number[])[] {
    const implied = given === undefined ? impliedShapes(this.inputs) : undefined;
    if (implied) return implied;
    const named = given && shapesByName(this.inputs, given);
    return this.inputs.map((port) => {
      const shape = named?.[port.name];
      if (!shape) {
        const hint = 'for example { x: [1, 3, 224, 224] }';
        throw new ArgumentError(`inputShapes: needed for ${port.name}, whose size is open; ${hint}`, { place: port.name, hint });
      }
      checkShape(port, shape);
      return shape;
    });
  }
}
