import { EngineError, retold } from '../base/errors.js';
import { failure, mismatch } from '../base/wrong.js';
import { engineFailure, isTrap } from '../session/failures.js';
import type { LayerOf } from './engine.js';

const HINT = 'start again from the last checkpoint';

/**
 * Runs calls of the engine: what they throw becomes a typed error. After a trap, or the loss of a thread, nothing runs any more, since
 * the state of the memory is unknown.
 */
export class Guard {
  private broken: EngineError | undefined;

  /** @param intact - whether all threads of the engine are alive */
  constructor(private readonly intact: () => boolean) {}

  get usable(): boolean {
    return this.broken === undefined && this.intact();
  }

  /** @throws the error of what the engine reported, naming the layer where it is known; EngineError from its end on */
  run<Result>(calls: () => Result, layerOf: LayerOf = () => undefined): Result {
    if (!this.intact()) this.broken ??= threadLost();
    if (this.broken) throw retold(this.broken, this.broken.place, this.broken.message);
    try {
      return calls();
    } catch (error) {
      if (!isTrap(error)) throw engineFailure(error, layerOf);
      this.broken = this.intact() ? stopped(error) : threadLost(error);
      throw this.broken;
    }
  }
}

function threadLost(cause?: unknown): EngineError {
  return mismatch(undefined, 'all threads of the engine to live', 'a dead thread', { as: EngineError, hint: HINT, cause });
}

function stopped(error: unknown): EngineError {
  const got = error instanceof Error ? error.message : String(error);
  const hint = `out of memory is the usual reason; ${HINT}, with smaller batches`;
  return failure(undefined, 'the engine stopped', got, { as: EngineError, hint, cause: error });
}
