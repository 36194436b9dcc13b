import { EngineError, GeometryError, ReceptiveError, ShapeError, WeightsError } from '../base/errors.js';
import type { ErrorFields } from '../base/errors.js';
import { failure, mismatch } from '../base/wrong.js';

type Failure = new (message: string, fields?: ErrorFields) => ReceptiveError;

/** The engine's codes that have a class of their own here. */
const CLASSES: Readonly<Record<string, Failure>> = {
  'engine/geometry': GeometryError,
  'engine/shape': ShapeError,
  'engine/weights': WeightsError,
};

/**
 * What the engine threw, as one of our errors that names the layer.
 * @param layerOf - the layer a step belongs to
 */
export function engineFailure(error: unknown, layerOf: (step: number) => string | undefined): ReceptiveError {
  if (error instanceof ReceptiveError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = property(error, 'code');
  const step = property(error, 'step');
  const place = typeof step === 'number' ? layerOf(step) : undefined;
  const Class = (typeof code === 'string' ? CLASSES[code] : undefined) ?? EngineError;
  return new Class(`${place ?? 'engine'}: ${message}`, { place, got: typeof code === 'string' ? code : undefined, cause: error });
}

/** A trap leaves the instance in an unknown state; any other error is one the engine reported in good order. */
export function isTrap(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
}

function property(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
}

/** What the error of an engine that lost a thread got. */
export const DEAD_THREAD = 'a dead thread';

/** The error of an engine that lost a thread. */
export function threadLost(cause?: unknown): EngineError {
  return mismatch(undefined, 'all threads of the engine to live', DEAD_THREAD, { as: EngineError, hint: 'load the model again', cause });
}

/** The error of an engine that stopped in the middle of its work. */
export function trapped(error: unknown): EngineError {
  const got = error instanceof Error ? error.message : String(error);
  const hint = 'out of memory is the usual reason; load the model again, or give it smaller inputs';
  return failure(undefined, 'the engine stopped', got, { as: EngineError, hint, cause: error });
}
