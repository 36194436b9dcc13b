import type { Word } from '../graph/op.js';
import type { EmittedStep } from './emit.js';

/** First words of a descriptor; the engine refuses any other. */
const MAGIC = 0x3156_4352;
const VERSION = 0x4501_38c5;

/** Marks an operand as the slot of a constant. */
const CONSTANT = 0x8000_0000;

const floatBits = new DataView(new ArrayBuffer(4));

/** The bits of a number as f32. */
export function bitsOf(value: number): number {
  floatBits.setFloat32(0, value);
  return floatBits.getUint32(0);
}

/** Everything a descriptor says. */
export interface Descriptor {
  /** Elements of each value. */
  readonly lens: readonly number[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly steps: readonly EmittedStep[];
}

/**
 * The descriptor as the engine reads it.
 * @param slot - where the engine keeps a weight of the plan
 */
export function encode(
  { lens, inputs, outputs, steps }: Descriptor,
  slot: (weight: number) => number,
): Uint32Array {
  const word = (value: Word): number => {
    if (typeof value === 'number') return value;
    if ('float' in value) return bitsOf(value.float);
    return 'operand' in value ? (slot(value.operand) | CONSTANT) >>> 0 : slot(value.weight);
  };
  const head = [MAGIC, VERSION, lens.length, inputs.length, outputs.length, steps.length];
  const body = steps.flatMap(({ opcode, words }) => [opcode, words.length, ...words.map(word)]);
  return Uint32Array.from([...head, ...lens, ...inputs, ...outputs, ...body]);
}
