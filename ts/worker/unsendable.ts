import { ArgumentError } from '../errors.js';

/** In place of the browser's or Node's error for what cannot be posted: functions, elements, buffers handed over before. */
export function typedIfUnsendable(error: unknown): unknown {
  if (!(error instanceof Error || error instanceof DOMException) || error.name !== 'DataCloneError') return error;
  const expected = 'values that can be sent to a worker';
  const got = error.message;
  return new ArgumentError(`arguments: expected ${expected}, got what cannot: ${got}`, { place: 'arguments', expected, got, cause: error });
}
