import { transfer } from 'comlink';
import type { Classification, ClassifyOptions } from '../engine/classify.js';
import type { Inputs, Port } from '../engine/inputs.js';
import type { Profile } from '../engine/profile.js';
import type { InputShapes, MemoryUse } from '../engine/session.js';
import type { Summary } from '../engine/summary.js';
import type { Variant } from '../engine/variant.js';
import type { ImageInput } from '../image/types.js';
import { toTransportable } from '../image/transport.platform.js';
import { isData, isTensor } from '../tensor/tensor.js';
import type { AnyTensor, Tensor, TensorLike } from '../tensor/tensor.js';
import type { Connection } from './connection.js';
import type { ModelInfo } from './protocol.js';

export interface RunOptions {
  /** Aborts the call: it rejects at once with an AbortedError, and what the worker still computes is dropped. */
  readonly signal?: AbortSignal | undefined;
  /** Hands the inputs' buffers over instead of copying them; they are empty afterwards. Default false. */
  readonly transfer?: boolean | undefined;
}

/** A model in a worker of its own. Every method rejects with a ReceptiveError; see `errors`. */
export class Model {
  readonly name: string | undefined;
  /** How the kernels that run were compiled. */
  readonly variant: Variant;
  /** Threads that compute. */
  readonly threads: number;
  /** Why they are fewer than were wanted, if they are. */
  readonly threadsReason: string | undefined;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  private readonly connection: Connection;

  /** Made by `load`. @internal */
  constructor(connection: Connection, { name, variant, threads, threadsReason, inputs, outputs }: ModelInfo) {
    this.connection = connection;
    this.name = name;
    this.variant = variant;
    this.threads = threads;
    this.threadsReason = threadsReason;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /**
   * Computes the outputs by name, NCHW. One input may be given without its name. Outputs have the types the model says; name
   * them where they are not all float32: `run<{ boxes: Tensor; classes: Tensor<'int64'> }>(x)`.
   */
  run<Outputs extends Record<string, AnyTensor> = Record<string, Tensor>>(
    inputs: Inputs,
    { signal, transfer: hand = false }: RunOptions = {},
  ): Promise<Outputs> {
    return this.connection.call(async (api) => (await api.run(sendInputs(inputs, hand))) as Outputs, signal);
  }

  /** The likeliest classes of an image, with their probabilities and what the parts took. */
  classify(image: ImageInput, options: ClassifyOptions & { signal?: AbortSignal } = {}): Promise<Classification> {
    const { signal, ...rest } = options;
    return this.connection.call(async (api) => {
      const sent = await toTransportable(image);
      return api.classify(sent, rest);
    }, signal);
  }

  /** Layers with shapes, parameters, multiply-adds, receptive fields and algorithms, and the memory they take. */
  summary(inputShapes?: InputShapes): Promise<Summary> {
    return this.connection.call((api) => api.summary(inputShapes));
  }

  /** Milliseconds of every step, medians over the iterations. */
  profile(inputs: Inputs, { iterations, signal }: { iterations?: number; signal?: AbortSignal } = {}): Promise<Profile> {
    return this.connection.call(async (api) => api.profile(sendInputs(inputs, false), iterations), signal);
  }

  /** Compiles for these input shapes and runs once on zeros, so that the first real run is as fast as the next. */
  warmup(inputShapes?: InputShapes): Promise<void> {
    return this.connection.call((api) => api.warmup(inputShapes));
  }

  /** Bytes that the model holds. */
  memory(): Promise<MemoryUse> {
    return this.connection.call((api) => api.memory());
  }

  /** Ends the worker and resolves when everything is freed. Pending calls reject at once; calling it again does nothing. */
  dispose(): Promise<void> {
    return this.connection.dispose();
  }

  /** For `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}

/** Tensors as they are posted: copies, or the originals where they are handed over. Never a whole buffer for a view of it. */
function sendInputs(inputs: Inputs, hand: boolean): Inputs {
  const buffers = new Set<ArrayBuffer>();
  const data = (values: unknown): unknown => {
    if (!isData(values)) return values;
    const whole = values.byteLength === values.buffer.byteLength;
    const sent = hand && whole ? values : values.slice();
    buffers.add(sent.buffer as ArrayBuffer);
    return sent;
  };
  const send = (input: TensorLike): TensorLike =>
    isTensor(input) ? ({ ...input, data: data(input.data) } as AnyTensor) : (data(input) as TensorLike);
  const single = isTensor(inputs) || isData(inputs) || Array.isArray(inputs);
  const isMap = typeof inputs === 'object' && inputs !== null && !single;
  const sent = isMap
    ? Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, send(value)]))
    : send(inputs as TensorLike);
  return transfer(sent as object, [...buffers]) as Inputs;
}
