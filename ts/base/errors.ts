/** What kind of error it is: stable, one for each class. examples/guides/errors.md has a table of what they mean and what to do. */
export type ErrorCode =
  | 'shape'
  | 'dtype'
  | 'argument'
  | 'geometry'
  | 'graph'
  | 'weights'
  | 'format'
  | 'image'
  | 'wasm'
  | 'engine'
  | 'worker'
  | 'overloaded'
  | 'integrity'
  | 'aborted'
  | 'disposed'
  | 'unsupported';

/** The optional details of a `ReceptiveError`. */
export interface ErrorFields {
  /** Layer, tensor, input, file or option the error speaks of. */
  place?: string | undefined;
  /** What should have been there, in words. */
  expected?: string | undefined;
  /** What was there instead. */
  got?: string | undefined;
  /** What to do about it. */
  hint?: string | undefined;
  /** The error behind this one, or the reason of an abort. */
  cause?: unknown;
}

/** What marks an error of this library. Registered, since each entry of the package is a bundle with classes of its own. */
const BRAND = Symbol.for('receptive.error');

/**
 * Base class: catch this to catch whatever the library throws on purpose. `message` is complete without the other fields.
 * `instanceof` holds for the errors of all entries: it asks for the library's mark and, for the other classes, for their `code`.
 */
export class ReceptiveError extends Error {
  /** @internal */
  static override [Symbol.hasInstance](value: unknown): boolean {
    const code = codeOf(this);
    // A class that extends one of ours is an ordinary one.
    if (this !== ReceptiveError && code === undefined) return Function.prototype[Symbol.hasInstance].call(this, value);
    const marked = typeof value === 'object' && value !== null && BRAND in value;
    return marked && (code === undefined || (value as ReceptiveError).code === code);
  }


  /** To branch on. */
  readonly code: ErrorCode;
  /** Layer, tensor, input, file or option it speaks of, where that is known. */
  readonly place: string | undefined;
  /** What should have been there, in words, where that is known. */
  readonly expected: string | undefined;
  /** What was there instead, where that is known. */
  readonly got: string | undefined;
  /** What to do about it, where that is known. */
  readonly hint: string | undefined;

  /** @internal */
  get [BRAND](): true {
    return true;
  }

  constructor(code: ErrorCode, name: string, message: string, fields: ErrorFields = {}) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = name;
    this.code = code;
    this.place = fields.place;
    this.expected = fields.expected;
    this.got = fields.got;
    this.hint = fields.hint;
  }
}

/** A tensor or layer was given a shape it cannot take. */
export class ShapeError extends ReceptiveError {
  constructor(message: string, fields?: ErrorFields) {
    super('shape', 'ShapeError', message, fields);
  }
}

/** A tensor holds another element type than the one needed. */
export class DtypeError extends ReceptiveError {
  constructor(message: string, fields?: ErrorFields) {
    super('dtype', 'DtypeError', message, fields);
  }
}

/** An argument or option has a value that has no meaning. */
export class ArgumentError extends ReceptiveError {
  constructor(message: string, fields?: ErrorFields) {
    super('argument', 'ArgumentError', message, fields);
  }
}

/** A window (kernel, stride, padding, dilation) does not fit the map it slides over. */
export class GeometryError extends ReceptiveError {
  constructor(message: string, fields?: ErrorFields) {
    super('geometry', 'GeometryError', message, fields);
  }
}

/** The graph itself is not well formed. */
export class GraphError extends ReceptiveError {
  constructor(message: string, fields?: ErrorFields) {
    super('graph', 'GraphError', message, fields);
  }
}

/** Weights are missing, surplus, or of another shape than the graph's. */
export class WeightsError extends ReceptiveError {
  constructor(message: string, fields?: ErrorFields) {
    super('weights', 'WeightsError', message, fields);
  }
}

/** A file is truncated, malformed or hostile. */
export class FormatError extends ReceptiveError {
  constructor(message: string, fields?: ErrorFields) {
    super('format', 'FormatError', message, fields);
  }
}

/** An image cannot be decoded or has no pixels. */
export class ImageError extends ReceptiveError {
  constructor(message: string, fields?: ErrorFields) {
    super('image', 'ImageError', message, fields);
  }
}

/** The WebAssembly module cannot be fetched, compiled or started. */
export class WasmError extends ReceptiveError {
  constructor(message: string, fields?: ErrorFields) {
    super('wasm', 'WasmError', message, fields);
  }
}

/** The engine refused a program or failed while running one. */
export class EngineError extends ReceptiveError {
  constructor(message: string, fields?: ErrorFields) {
    super('engine', 'EngineError', message, fields);
  }
}

/** The worker could not be started, or died. */
export class WorkerError extends ReceptiveError {
  constructor(message: string, fields?: ErrorFields) {
    super('worker', 'WorkerError', message, fields);
  }
}

/** More calls wait for a model or pool than its option `maxQueue` allows: this one was refused, the others go on. */
export class OverloadedError extends ReceptiveError {
  constructor(message: string, fields?: ErrorFields) {
    super('overloaded', 'OverloadedError', message, fields);
  }
}

/** A file is not the one whose digest was given by the option `integrity`. */
export class IntegrityError extends ReceptiveError {
  constructor(message: string, fields?: ErrorFields) {
    super('integrity', 'IntegrityError', message, fields);
  }
}

/** The caller aborted. Its `name` is 'AbortError', as that of every aborted web API. */
export class AbortedError extends ReceptiveError {
  constructor(message: string, fields?: ErrorFields) {
    super('aborted', 'AbortError', message, fields);
  }
}

/** The model was used after `dispose()`. */
export class DisposedError extends ReceptiveError {
  constructor(message: string, fields?: ErrorFields) {
    super('disposed', 'DisposedError', message, fields);
  }
}

/** Valid, but nothing here computes it (yet). */
export class UnsupportedError extends ReceptiveError {
  constructor(message: string, fields?: ErrorFields) {
    super('unsupported', 'UnsupportedError', message, fields);
  }
}

type ErrorClass = new (message: string, fields?: ErrorFields) => ReceptiveError;

const CLASSES: Record<ErrorCode, ErrorClass> = {
  shape: ShapeError,
  dtype: DtypeError,
  argument: ArgumentError,
  geometry: GeometryError,
  graph: GraphError,
  weights: WeightsError,
  format: FormatError,
  image: ImageError,
  wasm: WasmError,
  engine: EngineError,
  worker: WorkerError,
  overloaded: OverloadedError,
  integrity: IntegrityError,
  aborted: AbortedError,
  disposed: DisposedError,
  unsupported: UnsupportedError,
};

/** The code of one of the classes above, none of the base class and of classes that extend them. */
function codeOf(Class: unknown): ErrorCode | undefined {
  return (Object.keys(CLASSES) as ErrorCode[]).find((code) => CLASSES[code] === Class);
}

/** The same error, of the same class, with more about where it happened. */
export function placed(error: ReceptiveError, place: string, message: string): ReceptiveError {
  return retold(error, error.place === undefined ? place : `${place}: ${error.place}`, message);
}

/** What an error expected and got, told of another place, as an error of its class or another. */
export function retold(error: ReceptiveError, place: string | undefined, message: string, Class = error.constructor as ErrorClass): ReceptiveError {
  const { expected, got, hint } = error;
  return new Class(message, { place, expected, got, hint, cause: error });
}

/**
 * Does some work; an error of ours that names no place yet is thrown with this one, in front of its message as well.
 * @throws whatever the work throws
 */
export function placing<Result>(place: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw error instanceof ReceptiveError && error.place === undefined ? placed(error, place, `${place}: ${error.message}`) : error;
  }
}

/** An error as plain data: what crosses the worker boundary, where classes and own fields would be lost. */
export interface WireError {
  code: ErrorCode | undefined;
  name: string;
  message: string;
  stack: string | undefined;
  place: string | undefined;
  expected: string | undefined;
  got: string | undefined;
  hint: string | undefined;
  cause: WireError | undefined;
}

/** Chains of causes longer than this are cut: a cyclic `cause` must not hang the boundary. */
const MAX_CAUSES = 4;

/** Any thrown value as plain, cloneable data. */
export function toWire(error: unknown, depth = 0): WireError {
  const known = error instanceof ReceptiveError ? error : undefined;
  const plain = error instanceof Error ? error : new Error(String(error));
  const cause = plain.cause === undefined || depth >= MAX_CAUSES ? undefined : toWire(plain.cause, depth + 1);
  return {
    code: known?.code,
    name: plain.name,
    message: plain.message,
    stack: plain.stack,
    place: known?.place,
    expected: known?.expected,
    got: known?.got,
    hint: known?.hint,
    cause,
  };
}

/** The error `toWire` was given: same class, code and fields. An error of another family becomes an `Error` of its name. */
export function fromWire(wire: WireError): Error {
  const cause = wire.cause === undefined ? undefined : fromWire(wire.cause);
  const error =
    wire.code === undefined
      ? Object.assign(new Error(wire.message, cause === undefined ? undefined : { cause }), { name: wire.name })
      : new CLASSES[wire.code](wire.message, {
          place: wire.place,
          expected: wire.expected,
          got: wire.got,
          hint: wire.hint,
          cause,
        });
  if (wire.stack !== undefined) error.stack = wire.stack;
  return error;
}
