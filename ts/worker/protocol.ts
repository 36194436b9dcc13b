import type { PhotoCall, PhotoCallAnswer, PhotoCallOptions } from '../tasks/photo-tasks.js';
import type { Task } from '../tasks/task.js';
import type { Inputs, Port } from '../session/inputs.js';
import type { Remote } from 'comlink';
import type { CallAnswer, CallArgs, CallName } from '../model/calls.js';
import type { OpenedModel } from '../model/open.js';
import type { LoadRequest } from '../model/request.js';
import type { HelperStart } from '../wasm/threaded.js';
import type { Variant, WasmName } from '../wasm/variant.js';
import type { Stranger } from '../image/stranger.js';
import type { Shown } from '../image/transport.js';
import type { ImageInput } from '../image/types.js';
import type { AnyTensor } from '../tensor/tensor.js';

/** What the main thread knows about a loaded model. */
export interface ModelInfo extends Pick<OpenedModel, 'name' | 'graph' | 'labels' | 'preprocess'> {
  readonly task: Task | undefined;
  readonly variant: Variant;
  readonly threads: number;
  readonly threadsReason: string | undefined;
  readonly wide: boolean;
  readonly wideReason: string | undefined;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** Compiled modules of this very package, by the names of their files. */
export type CompiledModules = Partial<Record<WasmName, WebAssembly.Module>>;

/** A request, and what else the worker is told. */
export interface WorkerRequest extends LoadRequest {
  /** Of the script that asks; the worker's own must be the same. */
  readonly version: string;
  /** Shared memory, in which the number of a call that shall stop is left. */
  readonly interrupts: Int32Array | undefined;
  /** What other workers have compiled before. */
  readonly modules: CompiledModules;
  /** What other workers have fetched before, by URL, in shared memory. Where it is given, the reply has what was fetched here. */
  readonly files?: Readonly<Record<string, Uint8Array>> | undefined;
}

export interface LoadReply {
  readonly version: string;
  readonly info: ModelInfo;
  /** The module that runs, if this worker compiled it. */
  readonly compiled: { readonly name: WasmName | undefined; readonly module: WebAssembly.Module } | undefined;
  /** What was fetched, in shared memory, for the next workers. */
  readonly files: Readonly<Record<string, Uint8Array>>;
}

/** Instead of an answer: the bytes of what an element shows cannot be had. Its pixels are wanted, no smaller than [height, width]. */
export interface Redraw {
  readonly least: readonly [number, number] | undefined;
}

/** What a call about a photo sends. */
export type PhotoQuestion<Name extends PhotoCall> = [
  image: ImageInput | undefined, options: PhotoCallOptions<Name>, call: number, locations: boolean, shown?: Shown,
];

/** What a worker does. Each worker holds one model. A `call` is a number by which it may be interrupted, or 0. */
export interface WorkerApi {
  load(request: WorkerRequest): Promise<LoadReply>;
  run(inputs: Inputs, call: number): Record<string, AnyTensor>;
  /**
   * Bitmaps and frames that are sent are the worker's own.
   * @param locations - whether strings and URLs are followed; not where the request to load forbade it
   */
  photo<Name extends PhotoCall>(name: Name, ...question: PhotoQuestion<Name>): Promise<PhotoCallAnswer<Name> | Redraw>;
  /** For what was given in place of an image and cannot be posted. @throws what says so */
  notAnImage(given: Stranger, locations: boolean): void;
  /** All else that a model is asked: see the table. */
  ask<Name extends CallName>(name: Name, args: CallArgs<Name>): CallAnswer<Name>;
  /** Whether the engine can go on: it cannot after a trap. */
  usable(): boolean;
}

/** Has a call of the table answered by a worker. comlink's type of it forgets what belongs to which name. */
export function askWorker<Name extends CallName>(api: Remote<WorkerApi>, name: Name, args: CallArgs<Name>): Promise<CallAnswer<Name>> {
  const ask = api.ask as unknown as (name: Name, args: CallArgs<Name>) => Promise<CallAnswer<Name>>;
  return ask(name, args);
}

/** Has a question about a photo answered by a worker; as `askWorker`. */
export function askWorkerPhoto<Name extends PhotoCall>(
  api: Remote<WorkerApi>, name: Name, question: PhotoQuestion<Name>,
): Promise<PhotoCallAnswer<Name> | Redraw> {
  const ask = api.photo as unknown as (name: Name, ...question: PhotoQuestion<Name>) => Promise<PhotoCallAnswer<Name> | Redraw>;
  return ask(name, ...question);
}

/** Posted beside comlink's messages while a model loads. */
export interface ProgressMessage {
  readonly receptiveProgress: readonly [bytes: number, total: number | undefined];
}

/** The first message to a worker that is to be a thread of an engine rather than have one. */
export interface HelperMessage {
  readonly receptiveHelper: HelperStart;
  /** The worker's end of a lifeline. */
  readonly lifeline?: MessagePort | undefined;
}

/**
 * The other end of a helper's lifeline, for whoever started the engine. It hears once that the helper serves, and closes when
 * the helper dies: the engine's own thread may wait for that helper then, and hear nothing itself.
 */
export interface LifelineMessage {
  readonly receptiveLifeline: MessagePort;
}

export function isLifeline(message: unknown): message is LifelineMessage {
  return typeof message === 'object' && message !== null && 'receptiveLifeline' in message;
}

export function isHelperMessage(message: unknown): message is HelperMessage {
  return typeof message === 'object' && message !== null && 'receptiveHelper' in message;
}

export function isProgress(message: unknown): message is ProgressMessage {
  return typeof message === 'object' && message !== null && 'receptiveProgress' in message;
}
