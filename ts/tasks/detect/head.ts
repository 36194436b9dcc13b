import type { AnyTensor } from '../../tensor/tensor.js';
import type { Instance } from '../../wasm/instance.js';
import type { Candidates } from '../boxes/scan.js';
import type { Corners } from './box-form.js';
import type { Prototypes } from '../segment/instances.js';
import type { DetectSpec, HeadName } from './spec.js';

/** An output as a head reads it. */
export interface HeadOutput {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: AnyTensor['dtype'];
}

/** What a head is asked about: outputs of these shapes, for an input of this size. */
export interface HeadQuestion {
  /** In the order of the model. */
  readonly outputs: readonly HeadOutput[];
  /** Of the input: [height, width], in pixels. */
  readonly size: readonly [number, number];
  readonly spec: DetectSpec;
  /** How many names of classes there are, if there are any. */
  readonly labels: number | undefined;
}

/** What a head reads boxes from. */
export interface HeadReading {
  readonly instance: Instance;
  readonly tensors: Readonly<Record<string, AnyTensor>>;
  /** A score that counts is greater. */
  readonly score: number;
  /** How many candidates are kept at most, those of highest score. */
  readonly most: number;
}

/** Boxes before suppression, in pixels of the input. */
export interface RawBoxes {
  /** [n, 4]: left, top, right, bottom. */
  readonly boxes: Float32Array;
  readonly scores: Float32Array;
  readonly classes: Uint32Array;
  /** Their numbers among the candidates, where masks are found by them. */
  readonly from?: Uint32Array | undefined;
}

/** What masks of some candidates are sums of. */
export interface Weighed {
  readonly prototypes: Prototypes;
  /** [n, count] */
  readonly coefficients: Float32Array;
}

/** How outputs that are of a form are read. */
export interface Fit {
  /** How many classes there are, where the shapes say it. */
  readonly classes?: number | undefined;
  /** Whether the graph itself has suppressed what overlaps. */
  readonly suppressed?: boolean | undefined;
  /** The boxes whose score is over the least. @throws DtypeError for numbers of another type */
  read(reading: HeadReading): RawBoxes;
  /** Of the candidates of these numbers, where the model gives masks too. @throws as `read` */
  masks?(tensors: HeadReading['tensors'], from: Uint32Array): Weighed;
}

/** A form in which detectors say what is where. */
export interface Head {
  readonly name: HeadName;
  /** In a few words, for `receptive inspect`. */
  readonly about: string;
  /** How outputs of these shapes are read, or why they are not of this form. */
  fit(question: HeadQuestion): Fit | string;
}

/** Boxes of candidates, by the numbers of these. */
export function rawBoxes({ indices, scores, classes }: Candidates, corners: (index: number, at: number) => Corners): RawBoxes {
  const boxes = new Float32Array(4 * indices.length);
  indices.forEach((index, at) => boxes.set(corners(index, at), 4 * at));
  return { boxes, scores, classes, from: indices };
}

/** Some of them, in the order of their numbers. */
export function chosen({ boxes, scores, classes, from }: RawBoxes, numbers: ArrayLike<number> & Iterable<number>): RawBoxes {
  const some = new Float32Array(4 * numbers.length);
  Array.from(numbers).forEach((i, at) => some.set(boxes.subarray(4 * i, 4 * i + 4), 4 * at));
  return {
    boxes: some, scores: Float32Array.from(numbers, (i) => scores[i]!), classes: Uint32Array.from(numbers, (i) => classes[i]!),
    from: from && Uint32Array.from(numbers, (i) => from[i]!),
  };
}
