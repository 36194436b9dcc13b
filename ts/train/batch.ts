import { ArgumentError, DtypeError, ShapeError } from '../base/errors.js';
import { showShape, showValue, typeName } from '../base/show.js';
import type { Graph } from '../graph/graph.js';
import { isTensor } from '../tensor/tensor.js';
import type { AnyTensor, Tensor } from '../tensor/tensor.js';
import type { Loss } from './losses.js';
import type { Numbers } from './session.js';

/** Class indices of a batch, or what a loss compares with. */
export type Target = readonly number[] | Uint8Array | Int32Array | Uint32Array | AnyTensor;

/** A batch: what goes in, and what should come out. */
export interface Batch {
  /** The input, float32 and NCHW for maps; of a network with several, by name. */
  readonly x: Tensor | Readonly<Record<string, Tensor>>;
  /** Class indices, or a tensor for other losses; with several losses one for each, in their order. */
  readonly y: Target | readonly Target[];
}

/** The inputs of a batch in the graph's order. @throws DtypeError, ArgumentError naming what is missing or is no float32 */
export function inputsOf(graph: Graph, x: Batch['x']): Numbers[] {
  const one = isTensor(x);
  if (one && graph.inputs.length > 1) {
    const expected = graph.inputs.map(({ name }) => name).join(', ');
    throw new ArgumentError(`x: expected tensors by name (${expected}), got one tensor`, { place: 'x', expected, got: 'one tensor' });
  }
  if (one || typeof x !== 'object' || x === null) return [floats('x', x)];
  return graph.inputs.map(({ name }) => floats(`x.${name}`, x[name]));
}

function floats(place: string, value: unknown): Numbers {
  if (!isTensor(value)) {
    const got = showValue(value);
    throw new ArgumentError(`${place}: expected a tensor, got ${got}`, { place, expected: 'a tensor', got });
  }
  if (value.dtype !== 'float32') throw new DtypeError(`${place}: expected float32, got ${value.dtype}`, { place, expected: 'float32', got: value.dtype });
  const { data, shape } = value;
  const odd = data.findIndex((number) => !Number.isFinite(number));
  if (odd < 0) return { shape, data };
  const example = Math.floor(odd / (data.length / (shape[0] ?? 1)));
  throw new ArgumentError(`${place}: example ${example} holds ${data[odd]}`, { place, expected: 'finite numbers', got: String(data[odd]) });
}

/** Targets of a batch in the order of the losses. @throws ArgumentError naming the label that is no class */
export function targetsOf(losses: readonly Loss[], y: Batch['y'], classes: (loss: Loss) => number, shape: (loss: Loss) => readonly number[]): Numbers[] {
  const all = losses.length === 1 ? [y as Target] : listOf(y);
  if (all?.length !== losses.length) {
    const got = all ? String(all.length) : typeName(y);
    throw new ArgumentError(`y: expected ${losses.length} targets, one for each loss, got ${got}`, { place: 'y', expected: String(losses.length), got });
  }
  return losses.map((loss, i) => {
    const place = losses.length === 1 ? 'y' : `y[${i}]`;
    const wanted = shape(loss);
    const numbers = asNumbers(place, all[i]!, wanted);
    if (loss.kind === 'crossEntropy') checkLabels(place, numbers.data, classes(loss), loss.ignoreIndex);
    return numbers;
  });
}

const listOf = (y: Batch['y']): readonly Target[] | undefined => (Array.isArray(y) ? (y as readonly Target[]) : undefined);

function asNumbers(place: string, target: Target, wanted: readonly number[]): Numbers {
  const data = isTensor(target) ? target.data : target;
  if (!Array.isArray(data) && !ArrayBuffer.isView(data)) {
    const got = showValue(target);
    throw new ArgumentError(`${place}: expected class indices or a tensor, got ${got}`, { place, expected: 'class indices or a tensor', got });
  }
  const numbers = data instanceof Float32Array ? data : Float32Array.from(data as ArrayLike<number | bigint>, Number);
  const length = wanted.reduce((product, dim) => product * dim, 1);
  const got = isTensor(target) ? showShape(target.shape) : `[${numbers.length}]`;
  if (numbers.length === length) return { shape: wanted, data: numbers };
  throw new ShapeError(`${place}: expected ${showShape(wanted)}, got ${got}`, { place, expected: showShape(wanted), got });
}

function checkLabels(place: string, labels: Float32Array, classes: number, ignored: number | undefined): void {
  const at = labels.findIndex((label) => label !== ignored && !(Number.isInteger(label) && label >= 0 && label < classes));
  if (at < 0) return;
  const [expected, got] = [`a class from 0 to ${classes - 1}`, String(labels[at])];
  throw new ArgumentError(`${place}[${at}]: expected ${expected}, got ${got}`, { place: `${place}[${at}]`, expected, got });
}
