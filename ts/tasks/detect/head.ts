import type { AnyTensor } from '../../tensor/tensor.js';
import type { Instance } from '../../wasm/instance.js';
import type { Prototypes } from '../segment/instances.js';
import type { DetectSpec, HeadName } from './spec.js';

/** An output as a head reads it. */
export interface HeadOutput {
  readonly name: string;
  readonly shape: readonly number[];
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
export interface HeadReading extends HeadQuestion {
  readonly instance: Instance;
  readonly tensors: Readonly<Record<string, AnyTensor>>;
  /** Least score. */
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
  /** Whether the graph itself has suppressed what overlaps. */
  readonly suppressed?: boolean | undefined;
  /** Of a detector that gives masks too: [n, count] weights of prototypes. */
  readonly masks?: { readonly prototypes: Prototypes; readonly coefficients: Float32Array } | undefined;
}

/** A form in which detectors say what is where. */
export interface Head {
  readonly name: HeadName;
  /** In a few words, for `receptive inspect`. */
  readonly about: string;
  /** Why outputs of these shapes are not of this form; undefined where they are. */
  misfit(question: HeadQuestion): string | undefined;
  /** The boxes whose score is over the least. */
  read(reading: HeadReading): RawBoxes;
}
