import { ArgumentError } from '../errors.js';

/** In place of the browser's or Node's error for what cannot be posted: functions, elements, buffers handed over before. */
export function typedIfUnsendable(error: unknown): unknown {
  if (!(error instanceof Error || error instanceof DOMException)) return error;
  // Of streams and ports Node 20 says so by a TypeError.
  if (error.name !== 'DataCloneError' && Reflect.get(error, 'code') !== 'ERR_MISSING_TRANSFERABLE_IN_TRANSFER_LIST') return error;
  const expected = 'values that can be sent to a worker';
  const got = error.message;
  return new ArgumentError(`arguments: expected ${expected}, got what cannot: ${got}`, { place: 'arguments', expected, got, cause: error });
}
