import type { Port } from '../../session/inputs.js';
import { ARRAYS, elementCount } from '../../tensor/tensor.js';
import type { AnyTensor } from '../../tensor/tensor.js';
import { cut, expectRows, isOfRows, stack } from './rows.js';
import type { Tensors } from './rows.js';

/** What is measured: a pool of workers. */
export interface Measured {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  run(inputs: Tensors): Promise<Tensors>;
}

/** Rows that are measured together: more gain little more. */
const ROWS = 4;

/** A row that takes longer, in ms, is not put beside others: who waits for four of them would wait long. */
const SLOW = 200;

/** What is spent on repeating, in ms. */
const BUDGET = 500;

/** Together they must take less than this part of the time that they take alone. */
const GAIN = 0.9;

/** Of float32 after a deep network: sums in another order. */
const TOLERANCE = 1e-3;

/** Whether rows are computed faster together than alone, and have the answers then that they have alone. Each is measured, at least once warm. */
export async function gainsByRows(pool: Measured): Promise<boolean> {
  if (!isOfRows(pool.inputs, pool.outputs)) return false;
  const rows = Array.from({ length: ROWS }, (_, i) => someInputs(pool.inputs, i));
  const together = stack(rows);
  try {
    const alone = [await pool.run(rows[0]!), await pool.run(rows[1]!)];
    if ((await time(() => pool.run(rows[0]!))) > SLOW) return false;
    const outputs = await pool.run(together);
    expectRows(outputs, ROWS);
    if (!alone.every((answer, i) => areClose(cut(outputs, i, i + 1), answer))) return false;
    return await isFaster(() => pool.run(rows[0]!), () => pool.run(together));
  } catch {
    // A model that takes no such inputs is asked by its clients as they know best.
    return false;
  }
}

async function isFaster(one: () => Promise<unknown>, several: () => Promise<unknown>): Promise<boolean> {
  const [alone, together]: [number[], number[]] = [[], []];
  for (const began = performance.now(); alone.length < 3 || (performance.now() - began < BUDGET && alone.length < 15); ) {
    alone.push(await time(one));
    together.push(await time(several));
  }
  return median(together) < GAIN * ROWS * median(alone);
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;

/** One row that differs from the others: of a model that mixes rows it would be seen. */
function someInputs(ports: readonly Port[], row: number): Tensors {
  return Object.fromEntries(ports.map(({ name, dtype, shape }) => {
    const whole = [1, ...shape.slice(1).map(Number)];
    const data = new ARRAYS[dtype](elementCount(whole, name));
    const isFloat = dtype === 'float32' || dtype === 'float64';
    for (let i = 0; i < data.length; i++) {
      const value = isFloat ? Math.sin(i * 0.7 + row * 1.3) : (i + row) % 2;
      data[i] = (typeof data[i] === 'bigint' ? BigInt(value) : value);
    }
    return [name, { dtype, shape: whole, data } as AnyTensor];
  }));
}

function areClose(got: Tensors, expected: Tensors): boolean {
  return Object.entries(expected).every(([name, { data }]) => {
    const other = got[name]?.data;
    if (other?.length !== data.length) return false;
    const numbers = Array.from(data as Iterable<number | bigint>, Number);
    const largest = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return numbers.every((value, i) => Object.is(value, Number(other[i])) || Math.abs(value - Number(other[i])) <= TOLERANCE * largest);
  });
}
