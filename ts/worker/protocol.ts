import type { Classification, ClassifyOptions } from '../engine/classify.js';
import type { Inputs, Port } from '../engine/inputs.js';
import type { Profile } from '../engine/profile.js';
import type { LoadRequest } from '../engine/request.js';
import type { InputShapes, MemoryUse } from '../engine/session.js';
import type { Summary } from '../engine/summary.js';
import type { HelperStart } from '../engine/threaded.js';
import type { Variant } from '../engine/variant.js';
import type { ImageInput } from '../image/types.js';
import type { AnyTensor } from '../tensor/tensor.js';

/** What the main thread knows about a loaded model. */
export interface ModelInfo {
  readonly name: string | undefined;
  readonly variant: Variant;
  readonly threads: number;
  readonly threadsReason: string | undefined;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** What a worker does. Each worker holds one model. */
export interface WorkerApi {
  load(request: LoadRequest): Promise<ModelInfo>;
  run(inputs: Inputs): Record<string, AnyTensor>;
  classify(image: ImageInput, options: ClassifyOptions): Promise<Classification>;
  summary(inputShapes: InputShapes | undefined): Summary;
  profile(inputs: Inputs, iterations: number | undefined): Profile;
  warmup(inputShapes: InputShapes | undefined): void;
  memory(): MemoryUse;
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
