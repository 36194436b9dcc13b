import { CONSTANT_FLAG } from './words.js';

/** A weight the engine will hold, by its place in the plan. */
export interface WeightRef {
  readonly weight: number;
}

/** A word of a step: an integer, a float, the slot of a weight, or that of a constant where a value could stand as well. */
export type Word = number | { readonly float: number } | WeightRef | { readonly operand: number };

/** A step of the engine's program. */
export interface Step {
  readonly opcode: number;
  readonly words: readonly Word[];
}

export const step = (opcode: number, words: readonly Word[]): Step => ({ opcode, words });

export const operand = (of: number | WeightRef): Word => (typeof of === 'number' ? of : { operand: of.weight });

const bits = new DataView(new ArrayBuffer(4));

/** The bits of a number as f32. */
function bitsOf(value: number): number {
  bits.setFloat32(0, value);
  return bits.getUint32(0);
}

/**
 * Words as the engine reads them.
 * @param slot - where the engine keeps a weight; by default under its own number
 */
export function numbers(words: readonly Word[], slot: (weight: number) => number = (weight) => weight): number[] {
  return words.map((word) => {
    if (typeof word === 'number') return word;
    if ('float' in word) return bitsOf(word.float);
    return 'operand' in word ? (slot(word.operand) | CONSTANT_FLAG) >>> 0 : slot(word.weight);
  });
}
