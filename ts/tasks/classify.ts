import { maxPixelsOf } from '../image/decode-options.js';
import { decodePixels } from '../image/decode.platform.js';
import { preprocessSpec } from '../image/spec.js';
import type { ImageInput, PreprocessOptions } from '../image/types.js';
import { imageInput } from './image-input.js';
import { throwIfInterrupted } from '../session/interrupt.js';
import type { Instance } from '../wasm/instance.js';
import type { Interrupted } from '../session/interrupt.js';
import { labelNames } from './labels.js';
import type { Labels } from './labels.js';
import { leastSize, photoInput } from './photo.js';
import type { Runnable } from '../session/runnable.js';
import { checkScores, toProbabilities } from './scores.js';
import type { Scores } from './scores.js';
import { expectClassification } from './task.js';
import type { Task } from './task.js';
import { wrong } from '../base/wrong.js';
import { showValue } from '../base/show.js';

/** How an image is classified. */
export interface ClassifyOptions {
  /** How many classes to name. Default 5; never more than there are. */
  readonly topK?: number | undefined;
  /** Names of the classes, as many as there are. For a model of one output two are the names of no and yes. Default: those of the model. */
  readonly labels?: Labels | undefined;
  /** How pixels become the input. Default: the model's own, else `imagenet`. */
  readonly preprocess?: PreprocessOptions | undefined;
  /**
   * Default false: a photo more than twice as large as the net looks at may be decoded at a fraction of its size, which takes a
   * fraction of the time and moves probabilities a little (examples/guides/models.md says how much was measured). True reads every pixel, as
   * `decodeImage` and `preprocess` do.
   */
  readonly exact?: boolean | undefined;
  /** An encoded photo that announces more pixels is refused before it is decoded. Default 50,000,000. */
  readonly maxPixels?: number | undefined;
  /**
   * What the model's numbers are. Default: the model's own, else what its graph ends in: behind a softmax or sigmoid `none`, else
   * `softmax`, or `sigmoid` for a model of one output.
   */
  readonly scores?: Scores | undefined;
}

/** One of the likeliest classes. */
export interface ClassScore {
  /** Of the class, from 0: its place in the model's output. */
  readonly index: number;
  /** Absent where the model has no labels and none were given. */
  readonly label: string | undefined;
  /**
   * 0 to 1. Over all classes they sum to 1 where these exclude each other: behind a softmax, the model's or ours. Those of a sigmoid
   * are each for itself; that of a model of one output is the probability of yes.
   */
  readonly probability: number;
}

/** What `classify` answers. */
export interface Classification {
  /** Likeliest first; among equals the lower index. */
  readonly top: readonly ClassScore[];
  /** What was applied to the model's numbers: nothing (`none`) where they are probabilities. */
  readonly scores: Scores;
  /** Where the time went, in milliseconds. The parts sum to `total`. */
  readonly ms: {
    /** Until the model was free. */
    readonly wait: number;
    /** The photo's way to the model, and the answer's way back. */
    readonly transfer: number;
    /** From bytes to pixels. */
    readonly decode: number;
    /** From pixels to the input, in one pass: resize, crop, normalise. */
    readonly preprocess: number;
    /** From the input to the classes. */
    readonly run: number;
    /** All that the caller waited. */
    readonly total: number;
  };
}

/** What a model says about how it wants to be asked. */
export interface ClassifyDefaults {
  readonly labels?: readonly string[] | undefined;
  readonly preprocess?: PreprocessOptions | undefined;
  readonly scores?: Scores | undefined;
  readonly task?: Task | undefined;
}

/** A model that can be asked. */
export interface Classifier extends ClassifyDefaults {
  readonly session: Runnable;
  readonly instance: Instance;
}

/**
 * The likeliest classes of an image.
 * @param locations - whether an address is among what is taken, for messages
 * @throws ImageError for what is no image; UnsupportedError for a model of another task, with other inputs than one image, or
 *   another output than one score a class; EngineError if scores are not finite; ArgumentError for labels of another number than
 *   classes; AbortedError when interrupted
 */
export async function classify(
  model: Classifier,
  image: ImageInput,
  options: ClassifyOptions = {},
  { interrupted, locations = true }: { readonly interrupted?: Interrupted | undefined; readonly locations?: boolean } = {},
): Promise<Classification> {
  const { session } = model;
  expectClassification(model.task);
  const topK = checkWhole('topK', options.topK ?? 5);
  const maxPixels = maxPixelsOf(options);
  const labels = options.labels === undefined ? model.labels : labelNames(options.labels);
  const asked = checkScores(options.scores) ?? model.scores;
  const input = imageInput(session.inputs);
  const spec = preprocessSpec(options.preprocess ?? model.preprocess ?? 'imagenet', input.size);
  const started = performance.now();
  const pixels = await decodePixels(image, { maxPixels, least: leastPhoto(model, options), locations });
  const decoded = performance.now();
  throwIfInterrupted(interrupted);
  const x = photoInput(model.instance, pixels, spec, input);
  pixels.release?.();
  const prepared = performance.now();
  const outputs = session.run({ [input.name]: x }, interrupted);
  const { values, scores } = toProbabilities(session, outputs, asked);
  const top = rank(values, topK, labels);
  const done = performance.now();
  const ms = { wait: 0, transfer: 0, decode: decoded - started, preprocess: prepared - decoded, run: done - prepared, total: done - started };
  return { top, scores, ms };
}

/**
 * In what [height, width] the model would take a photo, at least: see `DecodeRequest`.
 * @throws ArgumentError, UnsupportedError as `classify`
 */
export function leastPhoto(model: Classifier, { exact, preprocess }: ClassifyOptions): readonly [number, number] | undefined {
  if (exact) return undefined;
  return leastSize(preprocessSpec(preprocess ?? model.preprocess ?? 'imagenet', imageInput(model.session.inputs).size));
}

function checkWhole(place: string, value: number): number {
  if (Number.isInteger(value) && value >= 1) return value;
  return wrong(place, 'a whole number from 1 on', showValue(value));
}

/**
 * The first k of the classes ordered by falling probability. One that is alone, but has two names, is the second of them.
 * @throws ArgumentError for labels of another number than classes
 */
export function rank(values: Float64Array, k: number, labels: readonly string[] | undefined): ClassScore[] {
  if (labels && values.length === 1 && labels.length === 2) return rank(Float64Array.of(1 - values[0]!, values[0]!), k, labels);
  if (labels && labels.length !== values.length) {
    wrong('labels', `as many names as classes, ${values.length}`, String(labels.length));
  }
  const order = Array.from(values.keys()).sort((a, b) => values[b]! - values[a]! || a - b);
  return order.slice(0, k).map((index) => ({ index, label: labels?.[index], probability: values[index]! }));
}
