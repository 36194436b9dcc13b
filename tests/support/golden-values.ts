/** Records of the goldens of training, and how close an answer has to be. */
import { expect } from 'vitest';
import { formula, hash32, sampleIndices, seedOf } from '../golden/formula.js';
import type { Numbers } from '../../ts/train/session.js';

export interface FormulaRecord {
  readonly name: string;
  readonly shape: readonly number[];
  readonly formula: string;
  readonly offset?: number;
  readonly scale?: number;
  readonly round_to?: number;
}

export interface ExpectedRecord {
  readonly name: string;
  readonly shape: readonly number[];
  /** Largest difference between PyTorch in float32 and in float64. */
  readonly noise: number;
  /** Largest absolute value. */
  readonly largest: number;
  /** The name by which elements of a large tensor are picked; all are where there is none. */
  readonly sample?: string;
  /** Which of the picked are recorded: the first, and every so many. */
  readonly every: number;
  readonly values: readonly number[];
}

export const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Half to even, as numpy rounds. */
function roundTo(value: number, unit: number): number {
  const whole = Math.floor(value / unit);
  const rest = value / unit - whole;
  return unit * (rest > 0.5 || (rest === 0.5 && whole % 2 !== 0) ? whole + 1 : whole);
}

export function made({ formula: name, shape, offset = 0, scale = 1, round_to }: Omit<FormulaRecord, 'name'>): Numbers {
  const data = formula(name, product(shape), offset, scale);
  return { shape, data: round_to === undefined ? data : data.map((value) => roundTo(value, round_to)) };
}

/** Class indices, or bits. */
export function target({ kind, formula: name, shape, classes }: { kind: string; formula: string; shape: readonly number[]; classes: number | null }): Numbers {
  if (kind === 'values') return made({ formula: name, shape });
  const seed = seedOf(name);
  const at = (_: unknown, i: number): number => (kind === 'classes' ? hash32(seed, i) % classes! : Number(hash32(seed, i) / 2147483648 - 1 > 0));
  return { shape, data: Float32Array.from({ length: product(shape) }, at) };
}

/** What differs by more than the goldens allow; empty where nothing does. `factor`: 4, or 8 where Winograd is used. */
export function differences(got: Numbers | undefined, { name, shape, noise, largest, sample, every, values }: ExpectedRecord, factor = 8): string[] {
  if (!got) return [`${name}: missing`];
  if (product(got.shape) !== product(shape)) return [`${name}: shape ${got.shape.join('x')}, expected ${shape.join('x')}`];
  const tolerance = factor * noise + 1e-6 * largest;
  const picked = sample === undefined ? undefined : sampleIndices(sample.replace(/^sample:/, ''), product(shape));
  let worst = 0;
  let at = -1;
  values.forEach((value, i) => {
    const index = picked?.[i * every] ?? i * every;
    const diff = Math.abs(got.data[index]! - value);
    if (!(diff <= worst)) [worst, at] = [diff, index];
  });
  return worst <= tolerance ? [] : [`${name}[${at}]: off by ${worst}, allowed ${tolerance}`];
}

export function expectClose(got: (name: string) => Numbers | undefined, expected: readonly ExpectedRecord[]): void {
  expect(expected.flatMap((record) => differences(got(record.name), record))).toEqual([]);
}
