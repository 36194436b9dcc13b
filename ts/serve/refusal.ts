import { ImageError, OverloadedError, ReceptiveError } from '../base/errors.js';
import type { ErrorCode } from '../base/errors.js';
import { mismatch } from '../base/wrong.js';
import { lacksDecoder } from '../image/sharp.node.js';

/** A request that is not answered as asked: its status, and the error that says why. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly error: ReceptiveError,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(error.message, { cause: error });
  }
}

/** Throws that something else was expected of a request. */
export function refuse(status: number, place: string, expected: string, got: string, hint?: string): never {
  throw new Refusal(status, mismatch(place, expected, got, { hint }));
}

/** The refusal of a request that cannot be answered in its time. @param wait - milliseconds until it might be */
export function overloaded(place: string, expected: string, got: string, wait: number): Refusal {
  const seconds = String(Math.max(1, Math.ceil(wait / 1000)));
  const hint = `come back in ${seconds} s`;
  return new Refusal(503, mismatch(place, expected, got, { as: OverloadedError, hint }), { 'retry-after': seconds });
}

/**
 * What a client did wrong is 400. Models are loaded by the service alone, so that a file that is wrong is no fault of a client's.
 * 499 is for logs: nobody waits for it.
 */
const STATUS: Readonly<Record<ErrorCode, number>> = {
  shape: 400, dtype: 400, argument: 400, geometry: 400, image: 400, unsupported: 400,
  overloaded: 503, disposed: 503, aborted: 499,
  graph: 500, weights: 500, format: 500, wasm: 500, engine: 500, worker: 500, integrity: 500,
};

/** The photo is none the worse for it, and another of its kind would fare no better. */
function withoutDecoder(cause: ReceptiveError): Refusal {
  const hint = 'send a BMP, or a tensor to /v2/models/NAME/infer; whoever runs the service can install the decoder';
  return new Refusal(501, mismatch('body', 'a photo as BMP, the only format that is read here', 'one that needs a decoder, which this service lacks', { as: ImageError, hint, cause }));
}

/** What the client is told of any error: of those that are not the library's own nothing but that they are there. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (!(error instanceof ReceptiveError)) return new Refusal(500, new ReceptiveError('engine', 'EngineError', 'the service failed; its log says more', { cause: error }));
  if (lacksDecoder(error)) return withoutDecoder(error);
  if (error.code === 'overloaded') return new Refusal(503, error, { 'retry-after': '1' });
  return new Refusal(STATUS[error.code], error);
}
