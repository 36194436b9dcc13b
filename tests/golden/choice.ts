/**
 * What a run of the goldens covers, by the environment: RECEPTIVE_VARIANT and RECEPTIVE_ALGORITHM name one of each instead of
 * all, RECEPTIVE_THREADS is how many threads compute, 1 by itself.
 */
import { threadedOf } from '../../ts/wasm/variant.js';
import type { Variant } from '../../ts/wasm/variant.js';
import { RUNNABLE } from './engine.js';

const { RECEPTIVE_VARIANT: variant, RECEPTIVE_ALGORITHM: algorithm, RECEPTIVE_THREADS: count = '1' } = process.env;

function chosen<Name extends string>(names: readonly Name[], only: string | undefined): readonly Name[] {
  const left = names.filter((name) => !only || name === only);
  if (left.length > 0) return left;
  throw new Error(`${only} is not among what can run here: ${names.join(', ')}`);
}

export const THREADS = Number(count);
if (!Number.isInteger(THREADS) || THREADS < 1) throw new Error(`RECEPTIVE_THREADS: expected a number of threads, got ${count}`);

export const ALGORITHMS = chosen(['auto', 'winograd', 'packed', 'blocked', 'im2col', 'naive'], algorithm);

/** The scalar variant computes on one thread alone. */
export const VARIANTS: readonly Variant[] = chosen(
  RUNNABLE.filter((name) => THREADS === 1 || threadedOf(name) !== undefined),
  variant,
);
