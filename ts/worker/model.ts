import type { InputShapes } from '../session/inputs.js';
import type { MemoryUse } from '../session/runnable.js';
import { DisposedError } from '../base/errors.js';
import { Callable } from './callable.js';
import { Dispatcher } from './dispatcher.js';
import { stopWatching, watchOver } from './forgotten.js';
import type { ModelInfo } from './protocol.js';

/** Whatever has the worker. */
interface ModelWorker {
  dispose(): Promise<void>;
}

/** A model in a worker of its own. Every method rejects with a ReceptiveError. */
export class Model extends Callable {
  /** Threads that compute. */
  readonly threads: number;
  /** Why they are fewer than were wanted, if they are. */
  readonly threadsReason: string | undefined;
  private readonly worker: ModelWorker;

  /** Made by `load`. @internal */
  constructor(worker: ModelWorker, calls: Dispatcher, info: ModelInfo, locations = true) {
    super(calls, info, { locations, remedy: 'give bytes, or load it without locations: false if the addresses are your own' });
    this.worker = worker;
    this.threads = info.threads;
    this.threadsReason = info.threadsReason;
    watchOver(this, { abandon: () => calls.whenIdle(() => void worker.dispose()) });
  }

  /**
   * Compiles for these input shapes and runs once on zeros, so that the first real run is as fast as the next.
   * @throws as `summary`
   */
  warmup(inputShapes?: InputShapes): Promise<void> {
    return this.calls.call(() => (api) => api.warmup(inputShapes));
  }

  /** Bytes that the model holds. */
  memory(): Promise<MemoryUse> {
    return this.calls.call(() => (api) => api.memory());
  }

  /** Ends the worker and resolves when everything is freed. Pending calls reject at once; calling it again does nothing. */
  dispose(): Promise<void> {
    stopWatching(this);
    this.calls.close(new DisposedError('the model has been disposed'));
    return this.worker.dispose();
  }
}
