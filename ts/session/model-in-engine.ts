import { disposedError } from '../base/disposed.js';
import { wrong } from '../base/wrong.js';
import type { Ending } from '../graph/ending.js';
import type { AnyTensor } from '../tensor/tensor.js';
import type { Instance } from '../wasm/instance.js';
import { checkShape, impliedShapes, shapesByName } from './inputs.js';
import type { InputShapes, Inputs, Port } from './inputs.js';
import type { Interrupted } from './interrupt.js';
import type { Profile } from './profile.js';
import type { Features, MemoryUse, Runnable } from './runnable.js';
import type { Summary } from './summary.js';

/** What a summary says of the model alone, whatever it runs in. */
export type Description = Pick<Summary, 'inputs' | 'outputs' | 'layers' | 'params'>;

/** What all models have in common that run in an engine: shapes for their inputs, plans and runs made in advance, their end. */
export abstract class ModelInEngine implements Runnable {
  abstract readonly inputs: readonly Port[];
  abstract readonly outputs: readonly Port[];
  abstract readonly ending: Ending;
  private disposed = false;
  private cut: Features | undefined;

  constructor(protected readonly instance: Instance) {}

  get variant(): Instance['variant'] {
    return this.instance.variant;
  }

  get threads(): number {
    return this.instance.threads;
  }

  get threadsReason(): string | undefined {
    return this.instance.threadsReason;
  }

  get wide(): boolean {
    return this.instance.wide ?? false;
  }

  get wideReason(): string | undefined {
    return this.instance.wideReason;
  }

  abstract run(inputs: Inputs, interrupted?: Interrupted): Record<string, AnyTensor>;
  abstract profile(inputs: Inputs, iterations?: number): Profile;

  /** Makes what `features` gives, sharing what is packed in the engine. @throws UnsupportedError */
  protected abstract cutFeatures(): Features;
  /** Plans for these shapes, in the order of the inputs, as far as can be without running. */
  protected abstract planFor(shapes: readonly (readonly number[])[]): void;
  /** Runs once on zeros of these shapes. */
  protected abstract runZeros(shapes: readonly (readonly number[])[]): void;
  /** Describes the model for these shapes. */
  protected abstract describe(shapes: readonly (readonly number[])[]): Description;
  /** Bytes of arenas and scratch of the plans that are kept. @throws EngineError where the engine cannot be asked any more */
  protected abstract activationBytes(): number;
  /** Whether the engine and all that this model has in it can go on. */
  protected abstract intact(): boolean;
  /** Frees what the model has in the engine. Called once. */
  protected abstract free(): void;

  /**
   * Shapes in the order of the inputs; without any, those of the model with a batch of 1.
   * @throws ArgumentError if more than the batch is open, or one is missing; ShapeError if a shape does not fit
   */
  shapesOf(given: InputShapes | undefined): number[][] {
    const shapes = given === undefined ? impliedShapes(this.inputs) : this.namedShapes(given);
    return shapes ?? needed('inputShapes', 'the shape of each input, since this model takes inputs of many sizes');
  }

  private namedShapes(given: InputShapes): number[][] {
    const named = shapesByName(this.inputs, given);
    return this.inputs.map((port) => {
      const shape = named[port.name] ?? needed(`inputShapes: ${port.name}`, 'its shape');
      checkShape(port, shape);
      return [...shape];
    });
  }

  warmup(given?: InputShapes): void {
    this.expectNotDisposed();
    this.runZeros(this.shapesOf(given));
  }

  prepare(given?: InputShapes): void {
    const shapes = given === undefined ? impliedShapes(this.inputs) : this.shapesOf(given);
    if (shapes) this.planFor(shapes);
  }

  summary(given?: InputShapes): Summary {
    this.expectNotDisposed();
    const { inputs, outputs, layers, params } = this.describe(this.shapesOf(given));
    const macs = layers.reduce((sum, layer) => sum + layer.macs, 0);
    return { variant: this.variant, threads: this.threads, inputs, outputs, layers, params, macs, memory: this.memory() };
  }

  memory(): MemoryUse {
    this.expectNotDisposed();
    const activations = this.activationBytes() + (this.cut?.session.memory().activations ?? 0);
    const { engine, memory } = this.instance;
    return { weights: engine.weightBytes(), activations, total: memory.buffer.byteLength };
  }

  features(): Features {
    this.expectNotDisposed();
    return (this.cut ??= this.cutFeatures());
  }

  /** Whether it can go on: it cannot after a trap, nor without one of its threads. */
  get usable(): boolean {
    return !this.disposed && this.intact();
  }

  /** Frees what it has; every later call throws DisposedError. */
  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.free();
  }

  /** @throws DisposedError */
  protected expectNotDisposed(): void {
    if (this.disposed) throw disposedError('model');
  }
}

function needed(place: string, expected: string): never {
  wrong(place, expected, 'none', { hint: 'for example { x: [1, 3, 224, 224] }' });
}
