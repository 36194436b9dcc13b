import { ArgumentError } from './errors.js';
import type { ErrorFields, ReceptiveError } from './errors.js';

/** What an error says beyond place, expected and got. */
interface More extends Pick<ErrorFields, 'hint' | 'cause'> {
  /** Its class; an ArgumentError if none is given. */
  readonly as?: new (message: string, fields: ErrorFields) => ReceptiveError;
}

/** Throws the error that something else was expected at a place: its message and its fields say the same. */
export function wrong(place: string, expected: string, got: string, { as: Class = ArgumentError, hint, cause }: More = {}): never {
  const message = `${place}: expected ${expected}, got ${got}`;
  throw new Class(hint === undefined ? message : `${message}; ${hint}`, { place, expected, got, hint, cause });
}
