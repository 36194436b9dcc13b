import { DtypeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import type { AnyTensor } from '../../tensor/tensor.js';

/** The numbers of an output; of one of other types than float32 as the nearest of that. @throws DtypeError for an output that is not there */
export function floatsOf(tensors: Readonly<Record<string, AnyTensor>>, name: string): Float32Array {
  const data = tensors[name]?.data;
  if (data instanceof Float32Array) return data;
  if (data) return Float32Array.from(data as Iterable<number | bigint>, Number);
  wrong(`detect: ${name}`, 'float32', 'none', { as: DtypeError });
}

/** Whether some number is no probability. NaN says nothing. */
export function beyondShares(values: Float32Array): boolean {
  return values.some((value) => value < 0 || value > 1);
}

export function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}
