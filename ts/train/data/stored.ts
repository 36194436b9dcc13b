import type { Batch, Dataset, Target } from './dataset.js';
import { expectIndices } from './checks.js';
import { writerOf, zeroOf } from './normalize.js';
import type { Normal, Writer } from './normalize.js';

/** Targets of all examples, one after the other. */
export interface Targets {
  /** Class indices, or numbers. */
  readonly data: Int32Array | Float32Array;
  /** Of one example: [] for its class, [H, W] for classes of pixels. */
  readonly shape: readonly number[];
}

/** Examples in memory, as they were given: bytes stay bytes, and are normalised when they are read. */
export interface Stored {
  /** Examples one after the other, each channel by channel. */
  readonly data: Uint8Array | Float32Array;
  /** Of one example. */
  readonly shape: readonly number[];
  readonly targets: Targets;
  readonly classes: readonly string[] | undefined;
  readonly normal: Normal;
}

/** The product of dimensions. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1);

/** A data set of examples in memory; its members are those of a `Dataset`. */
export class StoredDataset implements Dataset<Batch> {
  readonly length: number;
  readonly classes: readonly string[] | undefined;
  readonly labels: Int32Array | undefined;
  readonly zero: readonly number[];
  private readonly write: Writer;

  constructor(private readonly stored: Stored) {
    const { data, shape, targets, classes, normal } = stored;
    this.length = data.length / sizeOf(shape);
    this.classes = classes;
    this.labels = labelsOf(targets);
    this.zero = zeroOf(normal);
    this.write = writerOf(normal, data instanceof Uint8Array);
  }

  get(indices: ArrayLike<number>): Batch {
    expectIndices(indices, this.length);
    const { data, shape, targets } = this.stored;
    const [n, each] = [indices.length, sizeOf(shape)];
    const out = new Float32Array(n * each);
    for (let i = 0; i < n; i++) {
      const from = indices[i]! * each;
      this.write(data.subarray(from, from + each), out.subarray(i * each, (i + 1) * each));
    }
    return { x: { dtype: 'float32', shape: [n, ...shape], data: out }, y: takeTargets(targets, indices) };
  }
}

/** Classes of examples that have one each. */
export function labelsOf({ data, shape }: Targets): Int32Array | undefined {
  return data instanceof Int32Array && shape.length === 0 ? data : undefined;
}

/** The targets at these indices. */
export function takeTargets({ data, shape }: Targets, indices: ArrayLike<number>): Target {
  const each = sizeOf(shape);
  const out = data instanceof Int32Array ? new Int32Array(indices.length * each) : new Float32Array(indices.length * each);
  for (let i = 0; i < indices.length; i++) out.set(data.subarray(indices[i]! * each, (indices[i]! + 1) * each), i * each);
  const full = [indices.length, ...shape];
  return out instanceof Int32Array ? { dtype: 'int32', shape: full, data: out } : { dtype: 'float32', shape: full, data: out };
}
