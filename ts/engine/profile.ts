import { ArgumentError } from '../errors.js';
import type { Inputs } from './inputs.js';
import type { Session } from './session.js';
import type { Variant } from './variant.js';

/** Time of one step of the program. */
export interface ProfileStep {
  /** The layer it belongs to; a layer may be several steps, or none if it was folded into another. */
  readonly layer: string;
  readonly type: string;
  readonly algorithm: string;
  /** Median over the iterations. */
  readonly ms: number;
}

export interface Profile {
  readonly variant: Variant;
  readonly iterations: number;
  readonly steps: readonly ProfileStep[];
  /** Median of the sums over all steps. */
  readonly ms: number;
}

/**
 * Runs the model step by step and times each.
 * Timers in browsers are coarse (5 to 100 us, more without cross-origin isolation): short steps may show as 0.
 *
 * @param iterations - timed runs; one more goes before them, untimed
 */
export function profile(session: Session, inputs: Inputs, iterations = 10): Profile {
  if (!Number.isInteger(iterations) || iterations < 1) {
    const got = String(iterations);
    throw new ArgumentError(`iterations: expected a whole number from 1 on, got ${got}`, { place: 'iterations', got });
  }
  const tensors = session.check(inputs);
  const program = session.program(tensors.map(({ shape }) => shape));
  const now = (): number => performance.now();
  session.time(program, tensors, now);
  const runs = Array.from({ length: iterations }, () => session.time(program, tensors, now));
  const steps = program.plan.steps.map(({ layer, type }, step): ProfileStep => {
    const ms = median(runs.map((times) => times[step] ?? Number.NaN));
    return { layer, type, algorithm: session.algorithmOf(program, step), ms };
  });
  const totals = runs.map((times) => times.reduce((sum, ms) => sum + ms, 0));
  return { variant: session.variant, iterations, steps, ms: median(totals) };
}

/** The middle value; of an even number of values, the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}
