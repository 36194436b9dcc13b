import { readSafetensors } from '../formats/safetensors.js';
import { store } from '../formats/stored.js';
import type { StoredTensor } from '../formats/stored.js';
import { widen } from '../formats/widen.js';
import { typeName } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import { count } from '../tensor/shape.js';
import { isTensor } from '../tensor/tensor.js';
import type { Tensor } from '../tensor/tensor.js';
import type { Numbers } from './session.js';

/** Weights as they come: a safetensors file, what `weights()` of a trainer gives, or tensors by name. */
export type WeightsGiven = Uint8Array | Iterable<StoredTensor> | Readonly<Record<string, Tensor>>;

/** @throws FormatError for a file that is none; ArgumentError for what are no weights */
export function tensorsIn(weights: WeightsGiven): StoredTensor[] {
  if (weights instanceof Uint8Array) return [...readSafetensors(weights, 'weights').tensors.values()];
  if (typeof weights !== 'object' || weights === null || isTensor(weights)) wrong('weights', 'tensors by name, or the bytes of a safetensors file', typeName(weights));
  if (Symbol.iterator in weights) return [...weights];
  return Object.entries(weights).map(([name, tensor]) => {
    const floats = isTensor(tensor) && tensor.dtype === 'float32';
    return floats ? store(name, tensor) : wrong(`weights.${name}`, 'a tensor of float32', isTensor(tensor) ? (tensor as { dtype: string }).dtype : typeName(tensor));
  });
}

/** As float32, in memory of their own. */
export function numbersIn(stored: StoredTensor): Numbers {
  return { shape: stored.shape, data: widen(stored, 0, count(stored.shape)).slice() };
}
