import { mismatch } from '../base/wrong.js';

/** Whether it is the browser's or Node's error for what cannot be posted. */
export function isUnsendable(error: unknown): error is Error {
  const { name, code } = Object(error) as { name?: unknown; code?: unknown };
  // Of streams and ports Node 20 says so by a TypeError.
  return name === 'DataCloneError' || code === 'ERR_MISSING_TRANSFERABLE_IN_TRANSFER_LIST';
}

/** In place of the browser's or Node's error for what cannot be posted: functions, elements, buffers handed over before. */
export function typedIfUnsendable(error: unknown): unknown {
  if (!isUnsendable(error)) return error;
  const expected = 'values that can be sent to a worker';
  const got = error.message;
  return mismatch('arguments', expected, `what cannot: ${got}`, { cause: error });
}
