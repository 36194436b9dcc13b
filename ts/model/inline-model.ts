import { askPhoto } from '../tasks/photo-tasks.js';
import type { PhotoCall, PhotoCallAnswer, PhotoCallOptions } from '../tasks/photo-tasks.js';
import { taskName } from '../tasks/task.js';
import type { Inputs, Port } from '../session/inputs.js';
import { openModel } from './open.js';
import type { OpenedModel, OpenOptions } from './open.js';
import type { Profile } from '../session/profile.js';
import type { InputShapes } from '../session/inputs.js';
import type { MemoryUse } from '../session/runnable.js';
import type { Task } from '../tasks/task.js';
import type { Variant } from '../wasm/variant.js';
import { disposedError } from '../base/disposed.js';
import { wrong } from '../base/wrong.js';
import type { GraphData } from '../ops/data.js';
import { expectDecoder } from '../image/decoder.platform.js';
import type { ImageInput, PreprocessOptions } from '../image/types.js';
import type { Layer } from '../layers/index.js';
import { answerCall, ModelCalls } from './calls.js';
import type { CallAnswer, CallArgs, CallName } from './calls.js';
import { LOAD_OPTIONS } from './load-options.js';
import type { LoadOptions, ModelSource } from './load-options.js';
import { buildRequest } from './load-request.js';
import { PHOTO_OPTIONS } from '../tasks/option-names.js';
import { checkOptions } from '../base/options.js';
import type { AnyTensor, Tensor } from '../tensor/tensor.js';

/** A model on the calling thread: `run` returns the answer itself, and blocks until it is there. */
export class InlineModel extends ModelCalls<'here'> {
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
  /** Threads that compute: the calling one. */
  readonly threads = 1;
  /** What `run` takes. */
  readonly inputs: readonly Port[];
  /** What `run` gives. */
  readonly outputs: readonly Port[];
  private disposed = false;

  /** Made by `load`. @internal */
  constructor(
    private readonly opened: OpenedModel,
    private readonly locations: boolean,
  ) {
    super();
    const { session } = opened;
    this.name = opened.name;
    this.graph = opened.graph;
    this.labels = opened.labels;
    this.preprocess = opened.preprocess;
    this.task = taskName(opened.task);
    this.variant = session.variant;
    this.wide = session.wide;
    this.wideReason = session.wideReason;
    this.inputs = session.inputs;
    this.outputs = session.outputs;
  }

  /** What every call needs first, so that each says alike that there is none any more. */
  private get live(): OpenedModel {
    if (this.disposed) throw disposedError('model');
    return this.opened;
  }

  /**
   * Computes the outputs by name, NCHW. One input may be given without its name. Outputs have the types the model says; name
   * them where they are not all float32: `run<{ boxes: Tensor; classes: Tensor<'int64'> }>(x)`.
   * @throws ArgumentError, DtypeError, ShapeError for inputs the model cannot take; EngineError, mostly for want of memory;
   *   DisposedError
   */
  run<Outputs extends Record<string, AnyTensor> = Record<string, Tensor>>(inputs: Inputs): Outputs {
    return this.live.session.run(inputs) as Outputs;
  }

  /** @internal */
  protected override get noLocations(): string | undefined {
    return this.locations ? undefined : 'give bytes, or load it without locations: false if the addresses are your own';
  }

  /** Decoding is asynchronous, the rest is not. @internal */
  protected override async askPhoto<Name extends PhotoCall>(
    name: Name, image: ImageInput, options: PhotoCallOptions<Name>, locations: boolean,
  ): Promise<PhotoCallAnswer<Name>> {
    checkOptions(name, options, PHOTO_OPTIONS[name]);
    const model = this.live;
    expectDecoder(image);
    return askPhoto(name, model, image, options, { locations });
  }

  /**
   * Milliseconds of every step, medians over the iterations (from 1 on, 10 unless given) after one that does not count.
   * @throws what `run` throws
   */
  profile(inputs: Inputs, options: { iterations?: number } = {}): Profile {
    checkOptions('profile', options, { iterations: true });
    return this.ask('profile', inputs, options.iterations);
  }

  /**
   * Compiles for these input shapes and runs once on zeros, so that the first real run is as fast as the next.
   * @throws as `summary`
   */
  warmup(inputShapes?: InputShapes): void {
    this.ask('warmup', inputShapes);
  }

  /** Bytes that the model holds. */
  memory(): MemoryUse {
    return this.ask('memory');
  }

  /** @internal */
  protected override ask<Name extends CallName>(name: Name, ...args: CallArgs<Name>): CallAnswer<Name> {
    return answerCall(this.live.session, name, args);
  }

  /** Frees everything; calling it again does nothing. */
  dispose(): void {
    this.disposed = true;
    this.opened.session.dispose();
  }

  /** For `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/**
 * Loads a model on the calling thread; see `load` of the main entry for source and options.
 * @param entry - what an entry has along: WebAssembly, and readers of files
 */
export async function loadInline(
  source: ModelSource | Layer,
  options: LoadOptions,
  entry: Pick<OpenOptions, 'defaultWasm' | 'only' | 'readers' | 'wide'>,
): Promise<InlineModel> {
  checkOptions('load', options, LOAD_OPTIONS);
  if (typeof options.threads === 'number' && options.threads > 1) {
    const hint = "use load() of 'receptive', whose models compute in workers";
    wrong('threads', '1, since a model on the calling thread computes on that one', String(options.threads), { hint });
  }
  const request = await buildRequest(source, options, (bytes) => bytes);
  const { onProgress, signal } = options;
  return new InlineModel(await openModel(request, { ...entry, onProgress, signal }), request.locations === true);
}
