import { ArgumentError, DisposedError } from '../errors.js';
import { checkInputs, checkShape } from '../engine/inputs.js';
import type { Inputs, Port } from '../engine/inputs.js';
import type { Instance } from '../engine/instance.js';
import { median } from '../engine/profile.js';
import type { Profile, ProfileStep } from '../engine/profile.js';
import type { Runnable } from '../engine/runnable.js';
import type { InputShapes, MemoryUse } from '../engine/session.js';
import type { Summary } from '../engine/summary.js';
import type { AnyTensor } from '../tensor/tensor.js';
import { expectNoGaps } from './gaps.js';
import { OnnxEngine } from './session.js';
import type { OnnxOptions } from './session.js';
import { checkSymbols, surfacePort, toHost, toSurface } from './surface.js';
import { fill } from './tensors.js';
import type { HostTensor, OnnxModel } from './types.js';

/** An ONNX model as callers see it: checked inputs in, results of the model's types out. */
export class OnnxRunnable implements Runnable {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  private readonly engine: OnnxEngine;
  private disposed = false;

  constructor(
    private readonly instance: Instance,
    private readonly model: OnnxModel,
    options: OnnxOptions,
  ) {
    expectNoGaps(model);
    this.inputs = model.graph.inputs.map(surfacePort);
    this.outputs = model.graph.outputs.map(surfacePort);
    this.engine = new OnnxEngine(instance, model, options);
  }

  get variant(): Instance['variant'] {
    return this.instance.variant;
  }

  run(inputs: Inputs): Record<string, AnyTensor> {
    this.expectUsable();
    const results = this.engine.run(this.check(inputs));
    return Object.fromEntries([...results].map(([name, value]) => [name, toSurface(value)]));
  }

  private check(inputs: Inputs): Map<string, HostTensor> {
    const tensors = checkInputs(this.inputs, inputs);
    const ports = this.model.graph.inputs;
    checkSymbols(ports, tensors.map(({ shape }) => shape));
    return new Map(tensors.map((tensor, i) => [this.inputs[i]?.name ?? '', toHost(tensor, ports[i]?.dtype)]));
  }

  warmup(inputShapes?: InputShapes): void {
    this.expectUsable();
    this.engine.run(this.zeros(this.shapesOf(inputShapes)));
  }

  prepare(inputShapes?: InputShapes): void {
    const shapes = inputShapes === undefined ? this.impliedShapes() : this.shapesOf(inputShapes);
    if (shapes) this.engine.prepare(this.zeros(shapes));
  }

  summary(inputShapes?: InputShapes): Summary {
    this.expectUsable();
    const zeros = this.zeros(this.shapesOf(inputShapes));
    const layers = this.engine.layers(zeros);
    const outputs = this.engine.run(zeros);
    const port = ([name, { shape }]: [string, HostTensor]): Summary['inputs'][number] => ({ name, shape });
    return {
      variant: this.variant,
      inputs: [...zeros].map(port),
      outputs: [...outputs].map(port),
      layers,
      params: [...this.model.graph.initializers.values()].reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0),
      macs: layers.reduce((sum, { macs }) => sum + macs, 0),
      memory: this.memory(),
    };
  }

  profile(inputs: Inputs, iterations = 10): Profile {
    this.expectUsable();
    if (!Number.isInteger(iterations) || iterations < 1) {
      const got = String(iterations);
      throw new ArgumentError(`iterations: expected a whole number from 1 on, got ${got}`, { place: 'iterations', got });
    }
    const tensors = this.check(inputs);
    this.engine.time(tensors);
    const runs = Array.from({ length: iterations }, () => this.engine.time(tensors));
    const steps = (runs[0] ?? []).map((step, i): ProfileStep => ({ ...step, ms: median(runs.map((run) => run[i]?.ms ?? Number.NaN)) }));
    const totals = runs.map((run) => run.reduce((sum, { ms }) => sum + ms, 0));
    return { variant: this.variant, iterations, steps, ms: median(totals) };
  }

  memory(): MemoryUse {
    this.expectUsable();
    const { engine, memory } = this.instance;
    return { weights: engine.weightBytes(), activations: this.engine.activationBytes(), total: memory.buffer.byteLength };
  }

  get givesProbabilities(): boolean {
    return this.engine.givesProbabilities;
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.engine.dispose();
  }

  private expectUsable(): void {
    if (this.disposed) throw new DisposedError('the model has been disposed');
  }

  private zeros(shapes: readonly (readonly number[])[]): Map<string, HostTensor> {
    return new Map(this.model.graph.inputs.map(({ name, dtype }, i) => [name, fill(dtype ?? 'float32', shapes[i] ?? [], () => 0)]));
  }

  /** The shapes that leave no choice but the batch, or undefined. */
  private impliedShapes(): number[][] | undefined {
    const shapes = this.inputs.map(({ shape, anyRank }) => (anyRank ? [null] : shape.map((dim, axis) => dim ?? (axis === 0 ? 1 : null))));
    return shapes.every((shape): shape is number[] => !shape.includes(null)) ? shapes : undefined;
  }

  private shapesOf(given: InputShapes | undefined): readonly (readonly number[])[] {
    const implied = given === undefined ? this.impliedShapes() : undefined;
    if (implied) return implied;
    const only = this.inputs.length === 1 ? this.inputs[0]?.name : undefined;
    const named = (Array.isArray(given) && only !== undefined ? { [only]: given } : given) as Record<string, number[]> | undefined;
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
