import { transfer } from 'comlink';
import type { PhotoCall, PhotoCallAnswer, PhotoCallOptions } from '../tasks/photo-tasks.js';
import type { Inputs, Port } from '../session/inputs.js';
import type { Profile } from '../session/profile.js';
import type { Task } from '../tasks/task.js';
import type { Variant } from '../wasm/variant.js';
import type { GraphData } from '../graph/to-data.js';
import type { ImageInput, PreprocessOptions } from '../image/types.js';
import type { PlatformAbortSignal } from '../base/globals.js';
import { PHOTO_OPTIONS } from '../tasks/option-names.js';
import { RUN_OPTIONS } from './option-names.js';
import { checkOptions } from '../base/options.js';
import { asData, isTensor } from '../tensor/tensor.js';
import type { AnyTensor, Tensor, TensorLike } from '../tensor/tensor.js';
import { ModelCalls } from '../model/calls.js';
import type { CallAnswer, CallArgs, CallName } from '../model/calls.js';
import { sendImage } from './photo-call.js';
import type { SentImage } from './photo-call.js';
import type { Dispatcher, Start } from './dispatcher.js';
import { askWorker } from './protocol.js';
import type { ModelInfo } from './protocol.js';

/** What `run` takes besides its inputs. */
export interface RunOptions {
  /**
   * Aborts the call: it rejects at once with an AbortedError. One that waits never reaches a worker; one that runs stops before
   * the next step where memory can be shared (Node; pages that are cross-origin isolated), else what it computes is dropped.
   */
  readonly signal?: PlatformAbortSignal | undefined;
  /** Hands the inputs' buffers over instead of copying them; they are empty afterwards. Default false. */
  readonly transfer?: boolean | undefined;
}

/** How calls are made. */
interface CallOptions {
  /** What a call sends is kept until it is answered, so that it can be sent again. Default false. */
  readonly keeps?: boolean;
  /** Whether calls about photos follow strings and URLs. */
  readonly locations: boolean;
  /** How it is made to. */
  readonly remedy: string;
}

/** What a model in a worker and a pool of them have in common. Every method rejects with a ReceptiveError. */
export abstract class Callable extends ModelCalls<'in a worker'> {
  /** As the model file calls it, if it does. */
  readonly name: string | undefined;
  /**
   * What runs, as plain data: `JSON.stringify` takes it, and `withOutputs`, `saveModel` and `load` do. None of an ONNX file, which
   * `receptive convert` makes one of.
   */
  readonly graph: GraphData | undefined;
  /** Names of the classes: those given to `load`, else those in the model file. */
  readonly labels: readonly string[] | undefined;
  /** How pixels become the input: as given to `load`, else as the model file says. */
  readonly preprocess: PreprocessOptions | undefined;
  /** What the model file says it is for. */
  readonly task: Task | undefined;
  /** How the kernels that run were compiled. */
  readonly variant: Variant;
  /** Whether the engine pairs vectors; see the option `wide` of `load`. */
  readonly wide: boolean;
  /** Why it does not, where that was wanted. */
  readonly wideReason: string | undefined;
  /** What `run` takes. */
  readonly inputs: readonly Port[];
  /** What `run` gives. */
  readonly outputs: readonly Port[];

  /** @internal */
  protected readonly calls: Dispatcher;

  /** @internal */
  constructor(
    calls: Dispatcher,
    info: ModelInfo,
    private readonly how: CallOptions,
  ) {
    super();
    this.calls = calls;
    this.name = info.name;
    this.graph = info.graph;
    this.labels = info.labels;
    this.preprocess = info.preprocess;
    this.task = info.task;
    this.variant = info.variant;
    this.wide = info.wide;
    this.wideReason = info.wideReason;
    this.inputs = info.inputs;
    this.outputs = info.outputs;
  }

  /** Calls that have not been answered: those that run and those that wait. */
  get pending(): number {
    return this.calls.pending;
  }

  /**
   * Computes the outputs by name, NCHW. One input may be given without its name. Outputs have the types the model says; name
   * them where they are not all float32: `run<{ boxes: Tensor; classes: Tensor<'int64'> }>(x)`.
   * Calls are answered in the order they are made; the inputs may be changed as soon as the call has been made.
   * @throws ArgumentError, DtypeError, ShapeError for inputs the model cannot take; EngineError, mostly for want of memory;
   *   OverloadedError where more calls wait than `maxQueue` allows; AbortedError, DisposedError; WorkerError if the worker dies
   */
  async run<Outputs extends Record<string, AnyTensor> = Record<string, Tensor>>(inputs: Inputs, options: RunOptions = {}): Promise<Outputs> {
    checkOptions('run', options, RUN_OPTIONS);
    const { signal, transfer: hand = false } = options;
    const { keeps = false } = this.how;
    return this.calls.call((waits) => startRun(inputs, hand, { waits, keeps }) as Start<Outputs>, signal);
  }

  /** @internal */
  protected override get noLocations(): string | undefined {
    return this.how.locations ? undefined : this.how.remedy;
  }

  /** @internal */
  protected override async askPhoto<Name extends PhotoCall>(
    name: Name, image: ImageInput, options: PhotoCallOptions<Name> & { signal?: PlatformAbortSignal }, locations: boolean,
  ): Promise<PhotoCallAnswer<Name>> {
    checkOptions(name, options, { ...PHOTO_OPTIONS[name], signal: true });
    const { signal, ...rest } = options;
    const { keeps = false } = this.how;
    let sent: SentImage<Name> | undefined;
    const answer = this.calls.call(() => {
      sent = sendImage(name, image, rest, { keeps, locations });
      return sent.start;
    }, signal);
    return answer.finally(() => sent?.free());
  }

  /**
   * Milliseconds of every step, medians over the iterations (from 1 on, 10 unless given) after one that does not count.
   * @throws what `run` throws
   */
  async profile(inputs: Inputs, options: { iterations?: number; signal?: PlatformAbortSignal } = {}): Promise<Profile> {
    checkOptions('profile', options, { iterations: true, signal: true });
    const { iterations, signal } = options;
    return this.calls.call(() => {
      const { sent } = copyInputs(inputs, false);
      return (api) => askWorker(api, 'profile', [sent, iterations]);
    }, signal);
  }

  /** Sent as the arguments are now: the caller may change them afterwards. @internal */
  protected override ask<Name extends CallName>(name: Name, ...args: CallArgs<Name>): Promise<CallAnswer<Name>> {
    return this.calls.call(() => {
      const sent = structuredClone(args);
      return (api) => askWorker(api, name, sent);
    });
  }

  /** Ends the workers and resolves when everything is freed. */
  abstract dispose(): Promise<void>;

  /** For `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}

function startRun(inputs: Inputs, hand: boolean, { waits, keeps }: { waits: boolean; keeps: boolean }): Start<Record<string, AnyTensor>> {
  const { sent, buffers, handed } = copyInputs(inputs, hand);
  // Handed over now, though it is sent later: nobody shall change it in between.
  const own = (waits || keeps) && handed.length > 0 ? structuredClone(sent, { transfer: handed }) : sent;
  if (keeps) return (api, call) => api.run(own, call);
  const moved = own === sent ? buffers : copyInputs(own, true).buffers;
  // What is no object is refused over there.
  return (api, call) => api.run(Object(own) === own ? (transfer(own as object, moved) as Inputs) : own, call);
}

interface CopiedInputs {
  readonly sent: Inputs;
  readonly buffers: ArrayBuffer[];
  /** Those of the buffers that are the caller's own. */
  readonly handed: ArrayBuffer[];
}

/** Tensors as they are posted: copies, or the originals where they are handed over. Never a whole buffer for a view of it. */
function copyInputs(inputs: Inputs, hand: boolean): CopiedInputs {
  const buffers = new Set<ArrayBuffer>();
  const handed = new Set<ArrayBuffer>();
  const data = (value: unknown, place: string): unknown => {
    const values = asData(value, place);
    if (!values) return value;
    const whole = values.byteLength === values.buffer.byteLength;
    const sent = hand && whole ? values : values.slice();
    buffers.add(sent.buffer as ArrayBuffer);
    if (sent === values) handed.add(sent.buffer as ArrayBuffer);
    return sent;
  };
  const send = (input: TensorLike, place: string): TensorLike =>
    isTensor(input) ? ({ ...input, data: data(input.data, place) } as AnyTensor) : (data(input, place) as TensorLike);
  const single = isTensor(inputs) || ArrayBuffer.isView(inputs) || Array.isArray(inputs);
  const isMap = typeof inputs === 'object' && inputs !== null && !single;
  const sent = isMap
    ? Object.fromEntries(Object.entries(inputs as Readonly<Record<string, TensorLike>>).map(([name, value]) => [name, send(value, name)]))
    : send(inputs as TensorLike, 'input');
  return { sent, buffers: [...buffers], handed: [...handed] };
}
