import { VALUE_WORDS } from '../contract/train/values.js';
import { NONE } from '../contract/words.js';
import type { Step } from '../contract/word.js';
import type { TrainProgram } from './program.js';

/** The steps from the first to the last that touch a value. */
export interface Lifetime {
  /** -1 for what is there before the first step. */
  readonly first: number;
  /** As many as there are steps for what is read after the last; below 0 where nothing touches it. */
  readonly last: number;
}

/** The values that a step reads or writes. */
export function valuesOf({ opcode, words }: Step): number[] {
  const { at = [], list } = VALUE_WORDS[opcode] ?? {};
  const [first, width, values] = list ?? [0, 0, 0];
  const listed = list ? Array.from({ length: Number(words[first]) * values }, (_, i) => first + 1 + Math.floor(i / values) * width + (i % values)) : [];
  return [...at, ...listed].map((place) => words[place]).filter((word): word is number => typeof word === 'number' && word !== NONE);
}

/** The lifetime of each value, as the engine plans with them. */
export function lifetimesOf({ lens, steps, inputs, outputs }: Pick<TrainProgram, 'lens' | 'steps' | 'inputs' | 'outputs'>): Lifetime[] {
  const first = lens.map(() => steps.length);
  const last = lens.map(() => -1);
  steps.forEach((step, at) => {
    for (const value of valuesOf(step)) {
      first[value] = Math.min(first[value]!, at);
      last[value] = at;
    }
  });
  for (const value of inputs) first[value] = -1;
  for (const value of outputs) last[value] = steps.length;
  return lens.map((_, value) => ({ first: first[value]!, last: last[value]! }));
}

/** Values start at multiples of so many elements. */
const ALIGN = 16;

/**
 * About how many bytes a program needs: those of the values that live at the same time, at most. The engine's own plan may leave gaps,
 * and lets some steps work in place.
 */
export function bytesOf(program: Pick<TrainProgram, 'lens' | 'steps' | 'inputs' | 'outputs'>): number {
  const { lens, steps } = program;
  const changes = new Float64Array(steps.length + 3);
  lifetimesOf(program).forEach(({ first, last }, value) => {
    if (first > last) return;
    const bytes = 4 * ALIGN * Math.ceil(lens[value]! / ALIGN);
    changes[first + 1]! += bytes;
    changes[last + 2]! -= bytes;
  });
  let [now, most] = [0, 0];
  for (const change of changes) most = Math.max(most, (now += change));
  return most;
}
