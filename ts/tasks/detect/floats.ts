import { DtypeError } from '../../base/errors.js';
import type { AnyTensor } from '../../tensor/tensor.js';

/** The numbers of an output. @throws DtypeError for an output that is not there or not float32 */
export function floatsOf(tensors: Readonly<Record<string, AnyTensor>>, name: string): Float32Array {
  const output = tensors[name];
  if (output?.data instanceof Float32Array) return output.data;
  const got = output?.dtype ?? 'none';
  throw new DtypeError(`detect: ${name}: expected float32, got ${got}`, { place: name, expected: 'float32', got });
}
