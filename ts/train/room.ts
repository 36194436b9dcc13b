import { EngineError } from '../base/errors.js';
import { mismatch } from '../base/wrong.js';
import { VERSION } from '../contract/train/words.js';
import { encode } from '../program/words.js';
import type { TrainEngine } from './engine.js';
import { bytesOf } from './lifetimes.js';
import type { TrainProgram } from './program.js';

type Shapes = readonly (readonly number[])[];

/** How to do with the memory there is. */
interface Ways {
  /** The program for other shapes, to find those that fit. */
  readonly smaller: (shapes: Shapes) => TrainProgram;
  /** Releases a program that can be compiled anew; false where there is none. */
  readonly makeRoom: () => boolean;
}

/**
 * Compiles a program, if there is room for it: others are released for it.
 * @throws EngineError that names the largest batch that fits, before anything is allocated; or, where the system has less than can be
 * known, that there is no more, with all as before
 */
export function withinMemory(engine: TrainEngine, program: TrainProgram, shapes: Shapes, { smaller, makeRoom }: Ways): number {
  const bytes = bytesOf(program);
  while (bytes > engine.room() && makeRoom());
  if (bytes > engine.room()) throw tooLarge(bytes, engine.room(), shapes, smaller);
  for (;;) {
    try {
      return engine.compile(encode(program, (weight) => weight, VERSION), (step) => program.steps[step]?.layer);
    } catch (error) {
      if (!(error instanceof EngineError && error.got === 'engine/memory')) throw error;
      if (!makeRoom()) throw noMore(bytes, shapes, error);
    }
  }
}

const HINT = 'the option accumulate sums up the gradients of several smaller batches';

const megabytes = (of: number): string => `${Math.ceil(of / 1e6)} MB`;

function tooLarge(bytes: number, room: number, shapes: Shapes, smaller: (shapes: Shapes) => TrainProgram): EngineError {
  const batch = shapes[0]?.[0] ?? 1;
  const fits = largestBelow(batch, (n) => bytesOf(smaller(shapes.map(([, ...rest]) => [n, ...rest]))) <= room);
  const expected = fits === 0 ? 'a smaller network or smaller images' : `at most ${fits} examples`;
  const got = `${batch}, which take about ${megabytes(bytes)} where there is room for ${megabytes(room)}`;
  const hint = fits === 0 ? 'one example alone is too much' : HINT;
  return mismatch('batch', expected, got, { as: EngineError, hint });
}

function noMore(bytes: number, shapes: Shapes, cause: EngineError): EngineError {
  const batch = shapes[0]?.[0] ?? 1;
  const [expected, got] = ['fewer examples, perhaps half of them', `${batch}, which take about ${megabytes(bytes)}: the system has less`];
  return mismatch('batch', expected, got, { as: EngineError, hint: HINT, cause });
}

/** The largest whole number below a limit that fits, 0 where none does: what fits, fits for all that are smaller. */
function largestBelow(limit: number, fits: (n: number) => boolean): number {
  let [low, high] = [0, limit];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}
