import { ArgumentError } from './errors.js';

/** Refuses an option, or a part of it. */
export function wrong(place: string, expected: string, got: string): never {
  throw new ArgumentError(`${place}: expected ${expected}, got ${got}`, { place, expected, got });
}
