import type { Tensor } from '../../tensor/tensor.js';
import type { Batch as AnyBatch } from '../batch.js';
import type { RandomSource } from './random.js';

/** What a batch compares with: class indices [N] or [N, H, W], or float32 numbers of any shape with N first. */
export type Target = Tensor<'int32'> | Tensor;

/** Some examples together, as all readers here give them. */
export interface Batch {
  /** float32 [N, C, H, W]; of examples that are no images [N, ...]. */
  readonly x: Tensor;
  /** What should come out. */
  readonly y: Target;
}

/**
 * Examples by index, to train on or to evaluate. In which order they are read is up to the reader.
 * @typeParam Of - what it gives: by default whatever a step takes, so inputs by name and several targets, too
 */
export interface Dataset<Of extends AnyBatch = AnyBatch> {
  /** Number of examples. */
  readonly length: number;
  /** Names of the classes, by index. */
  readonly classes?: readonly string[] | undefined;
  /** Class of each example, where each has one: a stratified split needs them. */
  readonly labels?: ArrayLike<number> | undefined;
  /** What a pixel of value 0 has become, one number or one by channel: augmentation fills in beyond the border with it. Default 0. */
  readonly zero?: readonly number[] | undefined;
  /** The examples at these indices, in this order; new memory each time. */
  get(indices: ArrayLike<number>): Of | Promise<Of>;
}

/** How a stream is to be shuffled. */
export interface StreamOrder {
  /** Of the seed. */
  readonly random: RandomSource;
  /** The epoch. */
  readonly round: number;
}

/** Examples that come one after the other, and nobody knows how many. `Of`: as of a `Dataset`. */
export interface DatasetStream<Of extends AnyBatch = AnyBatch> {
  /** Not known. */
  readonly length: undefined;
  /** Names of the classes, by index. */
  readonly classes?: readonly string[] | undefined;
  /** As of a `Dataset`. */
  readonly zero?: readonly number[] | undefined;
  /**
   * All examples once, `size` at a time; the last batch may be smaller.
   * @param order - absent: as they come
   */
  batches(size: number, order?: StreamOrder): AsyncIterable<Of>;
}

/** What a data set is told about its examples. */
export interface DatasetOptions {
  /** Names of the classes, by index. */
  readonly classes?: readonly string[] | undefined;
  /** What becomes of the numbers: `(value * scale - mean) / std`. */
  readonly normalize?: Normalization | undefined;
}

/** `(value * scale - mean) / std`, by channel: PyTorch's `ToTensor` and `Normalize`. */
export interface Normalization {
  /** Multiplies first. Default 1 / 255 for bytes (photos, IDX and uint8 arrays; tables of whole numbers from 0 to 255), 1 for other numbers. */
  readonly scale?: number | undefined;
  /** One number, or one for each channel. Default 0. */
  readonly mean?: number | readonly number[] | undefined;
  /** One number, or one for each channel. Default 1. */
  readonly std?: number | readonly number[] | undefined;
}
