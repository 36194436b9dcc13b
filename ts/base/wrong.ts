import { ArgumentError } from './errors.js';
import type { ErrorFields, ReceptiveError } from './errors.js';

/** What an error says beyond place, expected and got. */
interface More<Kind extends ReceptiveError> extends Pick<ErrorFields, 'hint' | 'cause'> {
  /** Its class; an ArgumentError if none is given. */
  readonly as?: new (message: string, fields: ErrorFields) => Kind;
}

/** Where it happened. None is given where a caller knows the place and adds it (`placing`). */
type Place = string | undefined;

/** `PLACE: SAID; HINT`, and the fields of the same. */
function made<Kind extends ReceptiveError>(said: string, fields: ErrorFields, Class: More<Kind>['as']): Kind {
  const { place, hint } = fields;
  const message = `${place === undefined ? '' : `${place}: `}${said}${hint === undefined ? '' : `; ${hint}`}`;
  return new (Class ?? ArgumentError)(message, fields) as Kind;
}

/** The error that something else was expected at a place, `PLACE: expected X, got Y; HINT`: its message and its fields say the same. */
export function mismatch<Kind extends ReceptiveError = ArgumentError>(place: Place, expected: string, got: string, more: More<Kind> = {}): Kind {
  const { as: Class, hint, cause } = more;
  return made(`expected ${expected}, got ${got}`, { place, expected, got, hint, cause }, Class);
}

/** Throws what `mismatch` makes. */
export function wrong(place: Place, expected: string, got: string, more?: More<ReceptiveError>): never {
  throw mismatch(place, expected, got, more);
}

/** The error that something could not be done, for a reason that the system or the engine gave: `PLACE: WHAT (REASON); HINT`. The field `got` is the reason. */
export function failure<Kind extends ReceptiveError = ArgumentError>(place: Place, what: string, reason: string, more: More<Kind> = {}): Kind {
  const { as: Class, hint, cause } = more;
  return made(`${what} (${reason})`, { place, got: reason, hint, cause }, Class);
}

/** Throws what `failure` makes. */
export function failed(place: Place, what: string, reason: string, more?: More<ReceptiveError>): never {
  throw failure(place, what, reason, more);
}
