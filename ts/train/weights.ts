import { readSafetensors } from '../formats/safetensors.js';
import { expectStored, store } from '../formats/stored.js';
import type { StoredTensor } from '../formats/stored.js';
import { widen } from '../formats/widen.js';
import { typeName } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import { bytesOf } from '../tensor/arrays.js';
import { count } from '../tensor/shape.js';
import { isTensor } from '../tensor/tensor.js';
import type { Tensor } from '../tensor/tensor.js';
import { isCheckpoint, isState } from './checkpoint.js';
import { float32Of } from './numbers.js';
import type { Numbers } from './session.js';

/** Weights as they come: a safetensors file (what `save()` gave is one), what `weights()` gave, or tensors by name. */
export type WeightsGiven = Uint8Array | ArrayBuffer | Iterable<StoredTensor> | Readonly<Record<string, Tensor>>;

/** The tensors of weights. @throws FormatError for a file that is none; ArgumentError, DtypeError, ShapeError, WeightsError for what are no weights */
export function tensorsIn(weights: WeightsGiven): readonly StoredTensor[] {
  const form = formOf(weights);
  if (form instanceof Uint8Array) return inFile(form);
  if (isList(form)) return form.map((one) => expectStored('weights', one));
  return Object.entries(form).map(([name, tensor]) => {
    const { shape, data } = float32Of(`weights.${name}`, tensor);
    return store(name, { dtype: 'float32', shape, data });
  });
}

/**
 * Weights in a form that can be posted; what they hold is not looked at.
 * @throws as `expectWeights`
 */
export function formOf(weights: WeightsGiven): Uint8Array | readonly StoredTensor[] | Readonly<Record<string, Tensor>> {
  expectWeights(weights);
  return bytesOf(weights, 'weights') ?? (isIterable(weights) ? [...weights] : (weights as Readonly<Record<string, Tensor>>));
}

/** Nothing is taken from what can be gone through once only. @throws ArgumentError for what is neither bytes, nor a list, nor a plain object, and for bytes that were handed over before */
export function expectWeights(given: unknown): void {
  if (bytesOf(given, 'weights')) return;
  const isObject = typeof given === 'object' && given !== null;
  const promised = isObject && 'then' in given && typeof given.then === 'function';
  if (isObject && !promised && !ArrayBuffer.isView(given) && (isIterable(given) || (isPlain(given) && !isTensor(given)))) return;
  wrong('weights', 'tensors by name, or the bytes of a safetensors file', typeName(given), { hint: promised ? 'await it' : undefined });
}

const isIterable = (value: object): value is Iterable<StoredTensor> => Symbol.iterator in value && typeof value[Symbol.iterator] === 'function';
const isList = (form: ReturnType<typeof formOf>): form is readonly StoredTensor[] => Array.isArray(form);

/** Whether it was written as `{ ... }`, in whichever realm. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Of a checkpoint of training the parameters alone. */
function inFile(bytes: Uint8Array): StoredTensor[] {
  const { metadata, tensors } = readSafetensors(bytes, 'weights');
  const all = [...tensors.values()];
  return isCheckpoint(metadata) ? all.filter(({ name }) => !isState(name)) : all;
}

/** As float32, in memory of their own. */
export function numbersIn(stored: StoredTensor): Numbers {
  return { shape: stored.shape, data: widen(stored, 0, count(stored.shape)).slice() };
}
