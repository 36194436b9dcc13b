import { DisposedError } from './errors.js';

/** The error for what is used after `dispose()`. @param what - as `model` */
export function disposedError(what: string): DisposedError {
  const hint = `call dispose() after the last use, or make another ${what}`;
  return new DisposedError(`the ${what} has been disposed; ${hint}`, { hint });
}
