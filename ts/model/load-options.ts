import { optionNames } from '../base/options.js';
import type { StoredTensor } from '../formats/stored.js';
import type { Algorithm } from '../session/algorithm.js';
import type { Labels } from '../tasks/labels.js';
import type { Scores } from '../tasks/scores.js';
import type { Task, TaskSpec } from '../tasks/task.js';
import type { InputShapes } from '../session/inputs.js';
import type { Progress } from '../bytes/response.js';
import type { Variant, WasmName } from '../wasm/variant.js';
import type { CacheSpec } from '../bytes/options.js';
import type { PlatformAbortSignal, PlatformBlob, PlatformModule, PlatformResponse, PlatformURL } from '../base/globals.js';
import type { Graph } from '../graph/graph.js';
import type { GraphData } from '../graph/to-data.js';
import type { PreprocessOptions } from '../image/types.js';
import type { Tensor } from '../tensor/tensor.js';
import type { WorkerInput } from './worker-input.js';

/** A file, wherever it is. In Node a string that is no http, file, data or blob URL is a path. */
export type BytesInput = string | PlatformURL | Uint8Array | ArrayBuffer | PlatformBlob | PlatformResponse;

/** A safetensors file, the tensors by name, or a list of stored ones, as `weights()` of a trainer gives them. */
export type WeightsInput = BytesInput | Readonly<Record<string, Tensor>> | readonly StoredTensor[];

/** A graph, also as plain data, whose weights come by the option `weights`, or a model file that has both. */
export type ModelSource = Graph | GraphData | BytesInput;

/** A compiled or uncompiled WebAssembly module of this package. */
export type WasmInput = string | PlatformURL | Uint8Array | ArrayBuffer | PlatformResponse | PlatformModule;

/** What `load` takes besides the model. */
export interface LoadOptions {
  /** Weights of a graph; every name must be there, and no other. */
  readonly weights?: WeightsInput | undefined;
  /** How the kernels were compiled. Default 'auto': the fastest that runs here. */
  readonly variant?: Variant | 'auto' | undefined;
  /**
   * Threads that compute. Default 'auto': as many as the machine has, up to four; one for a small graph.
   * In browsers more than one needs a page that
   * is cross-origin isolated; where they cannot be had it is one, and the model's `threadsReason` says why.
   */
  readonly threads?: number | 'auto' | undefined;
  /**
   * Experimental, Node 24 and later on x64 with AVX2: has V8 pair neighbouring vectors of 128 bits to one of 256. Networks of some
   * milliseconds take about 0.7 of the time for the same bits; small ones gain nothing. It is a switch of V8 (`--experimental-wasm-revectorize`) for the whole process: it stays on for
   * all WebAssembly that is compiled afterwards. Where the engine does not pair vectors, which is measured, the model loads as without it,
   * and its `wideReason` says why. Default false; in Node true where the environment has `RECEPTIVE_WIDE=1`.
   */
  readonly wide?: boolean | undefined;
  /** How convolutions are computed. Default 'auto'. */
  readonly algorithm?: Algorithm | undefined;
  /**
   * Files that an ONNX model keeps weights in, by the name it has for them. Not needed where
   * the model is a path or URL and they lie beside it.
   */
  readonly externalData?: Readonly<Record<string, BytesInput>> | undefined;
  /** Default true; false computes every layer by itself: nothing is folded or fused. For comparing and learning. */
  readonly optimize?: boolean | undefined;
  /**
   * What `run` gives in place of the model's own outputs: module paths of a graph or safetensors file (`layer1`, `features.2`), names
   * of values of an ONNX file, and outputs the model has. What none of them needs is not computed.
   */
  readonly outputs?: readonly string[] | undefined;
  /**
   * Calls that may wait for the model while it is busy; one more is refused with an OverloadedError. Each keeps a copy of its
   * inputs. Default 1024: enough for any burst, and a service that falls behind notices before its memory is gone. Infinity
   * for no bound, 0 to have no call wait.
   */
  readonly maxQueue?: number | undefined;
  /**
   * Milliseconds after which the worker is ended that has nothing to do, and its memory with it; the next call starts it again,
   * which takes as long as loading does. For that, paths and URLs are read again (by `cache` without a request), and bytes and
   * tensors that were given stay in memory. A worker that dies is started again as well. By default the worker
   * is never ended, and one that dies is not restarted. Does nothing in the inline and embedded entries.
   */
  readonly idleTimeout?: number | undefined;
  /**
   * Keeps what is fetched over http(s) and uses it the next time. `true`: the server is asked each time whether the file is still
   * the same (ETag, else Last-Modified), and where no server answers the kept file is used as it is. A text is a version: a file
   * kept under the same is used without asking. Browsers: Cache Storage, in Node a folder. One file is kept for each URL. Default false.
   */
  readonly cache?: boolean | string | CacheSpec | undefined;
  /**
   * Digest of the model's file, or of a graph's weights, like 'sha256-' and base64 (sha384, sha512; several with spaces between:
   * one of the strongest has to be met). A file with another one is refused with an IntegrityError. Files beside an ONNX
   * model have theirs in `externalIntegrity`.
   */
  readonly integrity?: string | undefined;
  /**
   * Digests, as of `integrity`, of the files that an ONNX model keeps weights in, by the name it has for them. Where it is given,
   * a file that is not named in it is refused as well.
   */
  readonly externalIntegrity?: Readonly<Record<string, string>> | undefined;
  /** How often a transfer that breaks off is taken up again, by range where the server can. Default 3. */
  readonly retries?: number | undefined;
  /** Aborts the load: it rejects with an AbortedError at once. */
  readonly signal?: PlatformAbortSignal | undefined;
  /** Told as the model or its weights arrive. */
  readonly onProgress?: Progress | undefined;
  /** The engine's module, or one for each variant, in place of the files that ship with the package. */
  readonly wasm?: WasmInput | Partial<Record<WasmName, WasmInput>> | undefined;
  /**
   * The worker's script, or what makes the worker, in place of the one beside this script. For pages whose scripts come from another origin
   * in a bundle: browsers refuse workers of another origin, and only the bundler knows what the worker is called. A script of another
   * origin is imported by a worker of the page's own, for which it needs CORS headers. Does nothing in the inline and embedded entries.
   */
  readonly worker?: WorkerInput | undefined;
  /** Shapes to compile at once, for models that take inputs of many sizes. */
  readonly inputShapes?: InputShapes | undefined;
  /**
   * Runs the model once on zeros before `load` resolves, as `warmup()` does, so that the first real run is as fast as the next. A
   * pool does so in each worker. The shapes are `inputShapes`, else those of the model with a batch of 1. Default false.
   */
  readonly warmup?: boolean | undefined;
  /** Names of the classes. Default: those in the model file. */
  readonly labels?: Labels | undefined;
  /**
   * What the model is for, and how its outputs are read, where its file says nothing or something else: a name, or an object as
   * `{ kind: 'detect', head: 'nanodet', strides: [8, 16, 32] }`.
   */
  readonly task?: Task | TaskSpec | undefined;
  /**
   * How pixels become the input, for calls about photos. Default: as the model file says, else `imagenet` for
   * `classify`, `letterbox` for `detect` and `unit` for `segment`.
   */
  readonly preprocess?: PreprocessOptions | undefined;
  /** What the model's numbers are to `classify`. Default: as the model file says, else what its graph ends in. */
  readonly scores?: Scores | undefined;
  /**
   * Whether `classify` follows strings and URL objects: paths, http(s), data and blob URLs. Default true. False where what is
   * classified comes from others, who could name any file or server; `classifyBytes` never follows any.
   */
  readonly locations?: boolean | undefined;
  /** Hands bytes and tensors over instead of copying them: their buffers are empty afterwards. Default false. */
  readonly transfer?: boolean | undefined;
}

/** The names of the options, tied to their types: one that is missing or too many here does not compile. */
export const LOAD_OPTIONS = optionNames<LoadOptions>({
  weights: true, variant: true, threads: true, wide: 'boolean', algorithm: true, externalData: true, optimize: 'boolean', outputs: true, maxQueue: true, idleTimeout: true, cache: true, integrity: true,
  externalIntegrity: true, retries: true, signal: true, onProgress: true, wasm: true, worker: true, inputShapes: true, warmup: 'boolean', labels: true, preprocess: true, scores: true, task: true,
  transfer: 'boolean', locations: 'boolean',
});

/** Options that are sent to where the model computes as they were given, and are checked there. */
export const SENT_OPTIONS = ['variant', 'wide', 'algorithm', 'optimize', 'outputs', 'inputShapes', 'warmup', 'labels', 'preprocess', 'scores', 'task', 'locations'] as const satisfies readonly (keyof LoadOptions)[];

export type SentOptions = Pick<LoadOptions, (typeof SENT_OPTIONS)[number]>;
