import { wrong } from '../base/wrong.js';
import type { Inputs } from './inputs.js';
import type { Session } from './session.js';
import type { Variant } from '../wasm/variant.js';
import type { Tensor } from '../tensor/tensor.js';
import { showValue } from '../base/show.js';

/** Time of one step of the program. */
export interface ProfileStep {
  /** The layer it belongs to; a layer may be several steps, or none if it was folded into another. */
  readonly layer: string;
  /** What kind of layer. */
  readonly type: string;
  /** How the engine computed it, or `host` where TypeScript did. */
  readonly algorithm: string;
  /** Milliseconds: the median over the iterations. */
  readonly ms: number;
}

/** What `profile` measured. */
export interface Profile {
  /** How the kernels that ran were compiled. */
  readonly variant: Variant;
  /** Runs that were timed. */
  readonly iterations: number;
  /** In the order they were computed. */
  readonly steps: readonly ProfileStep[];
  /** Milliseconds: the median of the sums over all steps. */
  readonly ms: number;
}

/**
 * Runs the model step by step and times each.
 * Timers in browsers are coarse (5 to 100 us, more without cross-origin isolation): short steps may show as 0.
 *
 * @param iterations - timed runs; one more goes before them, untimed
 */
export function profile(session: Session, inputs: Inputs, iterations?: number): Profile {
  const tensors = session.check(inputs);
  return profileOf(session.variant, iterations, () => timeSteps(session, tensors));
}

/** One run, step by step. */
export function timeSteps(session: Session, tensors: readonly Tensor[]): ProfileStep[] {
  const program = session.program(tensors.map(({ shape }) => shape));
  const times = session.time(tensors, () => performance.now());
  return program.plan.steps.map(({ layer, type }, step): ProfileStep => {
    return { layer, type, algorithm: session.algorithmOf(program, step), ms: times[step] ?? Number.NaN };
  });
}

/**
 * The medians of several runs, after one that does not count.
 * @param run - runs once and gives its steps, the same ones each time
 * @throws ArgumentError for a number of iterations that is none
 */
export function profileOf(variant: Variant, iterations = 10, run: () => readonly ProfileStep[]): Profile {
  if (!Number.isInteger(iterations) || iterations < 1) {
    const got = showValue(iterations);
    wrong('iterations', 'a whole number from 1 on', got);
  }
  run();
  const runs = Array.from({ length: iterations }, run);
  const steps = (runs[0] ?? []).map((step, i): ProfileStep => ({ ...step, ms: median(runs.map((one) => one[i]?.ms ?? Number.NaN)) }));
  const totals = runs.map((one) => one.reduce((sum, { ms }) => sum + ms, 0));
  return { variant, iterations, steps, ms: median(totals) };
}

/** The middle value; of an even number of values, the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}
