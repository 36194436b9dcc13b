import type { ImageInput } from '../image/types.js';
import { labelNames } from './labels.js';
import type { Labels } from './labels.js';
import { look } from './look.js';
import type { Asking, PhotoModel, PhotoOptions, PhotoTimes } from './look.js';
import { checkScores, toProbabilities } from './scores.js';
import type { Scores } from './scores.js';
import { expectTask } from './task.js';
import { wrong } from '../base/wrong.js';
import { showValue } from '../base/show.js';

/** How pixels become the input where neither call nor model say it. */
export const USUAL = 'imagenet';

/** How an image is classified. */
export interface ClassifyOptions extends PhotoOptions {
  /** How many classes to name, from 1 on. Default 5; never more than there are. */
  readonly topK?: number | undefined;
  /** Names of the classes, as many as there are. For a model of one output two are the names of no and yes. Default: those of the model. */
  readonly labels?: Labels | undefined;
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
  /** Where the time went. */
  readonly ms: PhotoTimes;
}

/**
 * The likeliest classes of an image.
 * @throws ImageError for what is no image; UnsupportedError for a model of another task, with other inputs than one image, or
 *   another output than one score a class; EngineError if scores are not finite; ArgumentError for labels of another number than
 *   classes; AbortedError when interrupted
 */
export async function classify(model: PhotoModel, image: ImageInput, options: ClassifyOptions = {}, asking: Asking = {}): Promise<Classification> {
  expectTask('classify', model.task);
  const topK = checkWhole('topK', options.topK ?? 5);
  const labels = options.labels === undefined ? model.labels : labelNames(options.labels);
  const asked = checkScores(options.scores) ?? model.scores;
  const { outputs, times } = await look('classify', model, image, options, USUAL, asking);
  const { values, scores } = toProbabilities(model.session, outputs, asked);
  const top = rank(values, topK, labels);
  return { top, scores, ms: times() };
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
