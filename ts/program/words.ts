import { MAGIC, VERSION } from '../contract/words.js';
import { numbers } from '../contract/word.js';
import type { Step } from '../contract/word.js';

/** Everything a descriptor says. */
export interface Descriptor {
  /** Elements of each value. */
  readonly lens: readonly number[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly steps: readonly Step[];
}

/**
 * The descriptor as the engine reads it.
 * @param slot - where the engine keeps a weight of the plan
 * @param version - of the contract that the steps are of
 */
export function encode(
  { lens, inputs, outputs, steps }: Descriptor,
  slot: (weight: number) => number,
  version: number = VERSION,
): Uint32Array {
  const head = [MAGIC, version, lens.length, inputs.length, outputs.length, steps.length];
  const body = steps.flatMap(({ opcode, words }) => [opcode, words.length, ...numbers(words, slot)]);
  return Uint32Array.from([...head, ...lens, ...inputs, ...outputs, ...body]);
}
