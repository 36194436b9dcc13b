import type { InputShapes } from '../session/inputs.js';
import type { MemoryUse } from '../session/runnable.js';
import { Callable } from './callable.js';
import { stopWatching, watchOver } from './forgotten.js';
import type { ModelInfo } from './protocol.js';
import type { Workers } from './workers.js';

/** A model in a worker of its own. Every method rejects with a ReceptiveError. */
export class Model extends Callable {
  /** Threads that compute. */
  readonly threads: number;
  /** Why they are fewer than were wanted, if they are. */
  readonly threadsReason: string | undefined;

  /** Made by `load`. @internal */
  constructor(
    private readonly workers: Workers,
    info: ModelInfo,
    locations = true,
  ) {
    super(workers.calls, info, { locations, remedy: 'give bytes, or load it without locations: false if the addresses are your own' });
    this.threads = info.threads;
    this.threadsReason = info.threadsReason;
    watchOver(this, workers);
  }

  /**
   * Compiles for these input shapes and runs once on zeros, so that the first real run is as fast as the next.
   * @throws as `summary`
   */
  warmup(inputShapes?: InputShapes): Promise<void> {
    return this.ask('warmup', inputShapes);
  }

  /** Bytes that the model holds. */
  memory(): Promise<MemoryUse> {
    return this.ask('memory');
  }

  /** Ends the worker and resolves when everything is freed. Pending calls reject at once; calling it again does nothing. */
  dispose(): Promise<void> {
    stopWatching(this);
    return this.workers.dispose();
  }
}
