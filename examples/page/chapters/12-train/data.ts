/** Digits as they are learned from: with all pixels in another order, and with drawn ones beside those of each batch. */
import type { DataBatch, Dataset } from 'receptive/train';

const SIDE = 28;
export const PIXELS = SIDE * SIDE;

/** A digit that was drawn here. */
export interface Drawn {
  readonly id: number;
  readonly label: number;
  /** Normalised, row by row. */
  readonly pixels: Float32Array;
}

/** Digits in memory. */
export interface DigitSet extends Dataset<DataBatch> {
  readonly labels?: Int32Array | undefined;
  get(indices: ArrayLike<number>): DataBatch;
}

/** Every example of a batch by the same order of its pixels. */
export function reordered({ x, y }: DataBatch, order: Uint32Array): DataBatch {
  const data = new Float32Array(x.data.length);
  for (let from = 0; from < data.length; from += PIXELS) for (let at = 0; at < PIXELS; at++) data[from + at] = x.data[from + order[at]!]!;
  return { x: { ...x, data }, y };
}

/** The same digits, all by one order of their pixels. */
export function shuffledSet(set: DigitSet, order: Uint32Array): DigitSet {
  const { length, classes, labels, zero } = set;
  return { length, classes, labels, zero, get: (indices) => reordered(set.get(indices), order) };
}

/** Drawn digits as a batch. */
export function batchOf(drawn: readonly Drawn[]): DataBatch {
  const data = new Float32Array(drawn.length * PIXELS);
  drawn.forEach(({ pixels }, i) => data.set(pixels, i * PIXELS));
  return { x: { dtype: 'float32', shape: [drawn.length, 1, SIDE, SIDE], data }, y: { dtype: 'int32', shape: [drawn.length], data: Int32Array.from(drawn, ({ label }) => label) } };
}

/** Behind the examples of each batch those of `more`, which is asked anew for each. */
export function accompanied(set: Dataset<DataBatch>, more: () => DataBatch | undefined): Dataset<DataBatch> {
  const { length, classes, labels, zero } = set;
  return {
    length, classes, labels, zero,
    get: async (indices) => {
      const batch = await set.get(indices);
      const own = more();
      return own ? together(batch, own) : batch;
    },
  };
}

function together(a: DataBatch, b: DataBatch): DataBatch {
  const shape = [a.x.shape[0]! + b.x.shape[0]!, ...a.x.shape.slice(1)];
  const data = new Float32Array(a.x.data.length + b.x.data.length);
  data.set(a.x.data);
  data.set(b.x.data, a.x.data.length);
  return { x: { dtype: 'float32', shape, data }, y: { dtype: 'int32', shape: [shape[0]!], data: Int32Array.from([...a.y.data, ...b.y.data]) } };
}
