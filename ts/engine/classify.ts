import { decodeImage } from '../image/decode.platform.js';
import { preprocessFor } from '../image/preprocess-for.js';
import type { ImageInput, PreprocessOptions } from '../image/types.js';
import { imageInput } from './image-input.js';
import { throwIfInterrupted } from './interrupt.js';
import type { Interrupted } from './interrupt.js';
import { labelNames } from './labels.js';
import type { Labels } from './labels.js';
import type { Runnable } from './runnable.js';
import { checkScores, toProbabilities } from './scores.js';
import type { Scores } from './scores.js';
import { wrong } from './wrong.js';

/** How an image is classified. */
export interface ClassifyOptions {
  /** How many classes to name. Default 5; never more than there are. */
  readonly topK?: number | undefined;
  /** Names of the classes, as many as there are. For a model of one output two are the names of no and yes. Default: those of the model. */
  readonly labels?: Labels | undefined;
  /** How pixels become the input. Default: the model's own, else `imagenet`. */
  readonly preprocess?: PreprocessOptions | undefined;
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
  /** Milliseconds spent on each part, where it was done. */
  readonly ms: {
    /** From bytes to pixels. */
    readonly decode: number;
    /** From pixels to the input: resize, crop, normalise. */
    readonly preprocess: number;
    /** From the input to the scores. */
    readonly run: number;
  };
}

/** What a model says about how it wants to be asked. */
export interface ClassifyDefaults {
  readonly labels?: readonly string[] | undefined;
  readonly preprocess?: PreprocessOptions | undefined;
  readonly scores?: Scores | undefined;
}

/**
 * The likeliest classes of an image.
 * @throws ImageError for what is no image; UnsupportedError for a model with other inputs than one image, or
 *   another output than one score a class; EngineError if scores are not finite; ArgumentError for labels of another number than
 *   classes; AbortedError when interrupted
 */
export async function classify(
  session: Runnable,
  image: ImageInput,
  options: ClassifyOptions = {},
  defaults: ClassifyDefaults = {},
  interrupted?: Interrupted,
): Promise<Classification> {
  const topK = checkTopK(options.topK ?? 5);
  const labels = options.labels === undefined ? defaults.labels : labelNames(options.labels);
  const asked = checkScores(options.scores) ?? defaults.scores;
  const input = imageInput(session.inputs);
  const started = performance.now();
  const pixels = await decodeImage(image);
  const decoded = performance.now();
  throwIfInterrupted(interrupted);
  const x = preprocessFor(pixels, options.preprocess ?? defaults.preprocess ?? 'imagenet', input);
  const prepared = performance.now();
  const outputs = session.run({ [input.name]: x }, interrupted);
  const done = performance.now();
  const { values, scores } = toProbabilities(session, outputs, asked);
  return {
    top: rank(values, topK, labels),
    scores,
    ms: { decode: decoded - started, preprocess: prepared - decoded, run: done - prepared },
  };
}

function checkTopK(topK: number): number {
  if (Number.isInteger(topK) && topK >= 1) return topK;
  return wrong('topK', 'a whole number from 1 on', String(topK));
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
