import { ArgumentError, EngineError, UnsupportedError } from '../errors.js';
import { decodeImage } from '../image/decode.platform.js';
import { preprocess } from '../image/preprocess.js';
import type { ImageInput, PreprocessOptions } from '../image/types.js';
import { showShape } from '../tensor/tensor.js';
import { throwIfInterrupted } from './interrupt.js';
import type { Interrupted } from './interrupt.js';
import type { Runnable } from './runnable.js';

/** How an image is classified. */
export interface ClassifyOptions {
  /** How many classes to name. Default 5; never more than there are. */
  readonly topK?: number | undefined;
  /** Names of the classes, by index. Default: those of the model. */
  readonly labels?: readonly string[] | undefined;
  /** How pixels become the input. Default: the model's own, else `imagenet`. */
  readonly preprocess?: PreprocessOptions | undefined;
}

/** One of the likeliest classes. */
export interface ClassScore {
  /** Of the class, from 0: its place in the model's output. */
  readonly index: number;
  /** Absent where the model has no labels and none were given. */
  readonly label: string | undefined;
  /** 0 to 1; over all classes they sum to 1. */
  readonly probability: number;
}

/** What `classify` answers. */
export interface Classification {
  /** Likeliest first; among equals the lower index. */
  readonly top: readonly ClassScore[];
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
}

/**
 * The likeliest classes of an image.
 * @throws ImageError for what is no image; UnsupportedError for a model with other inputs than one [N, 3, H, W];
 *   EngineError if the outputs are not finite; AbortedError when interrupted
 */
export async function classify(
  session: Runnable,
  image: ImageInput,
  options: ClassifyOptions = {},
  defaults: ClassifyDefaults = {},
  interrupted?: Interrupted,
): Promise<Classification> {
  const topK = checkTopK(options.topK ?? 5);
  const input = imageInput(session);
  const started = performance.now();
  const pixels = await decodeImage(image);
  const decoded = performance.now();
  throwIfInterrupted(interrupted);
  const x = preprocess(pixels, options.preprocess ?? defaults.preprocess ?? 'imagenet', input.size);
  const prepared = performance.now();
  const outputs = session.run({ [input.name]: x }, interrupted);
  const done = performance.now();
  const labels = options.labels ?? defaults.labels;
  return {
    top: rank(probabilities(session, outputs), topK, labels),
    ms: { decode: decoded - started, preprocess: prepared - decoded, run: done - prepared },
  };
}

function checkTopK(topK: number): number {
  if (Number.isInteger(topK) && topK >= 1) return topK;
  throw new ArgumentError(`topK: expected a whole number from 1 on, got ${topK}`, { place: 'topK', got: String(topK) });
}

function imageInput({ inputs }: Runnable): { name: string; size: readonly [number, number] | undefined } {
  const [port] = inputs;
  const [, channels, height, width] = port?.shape ?? [];
  if (!port || inputs.length !== 1 || port.shape.length !== 4 || (channels !== 3 && channels !== null)) {
    const got = inputs.map(({ name, shape }) => `${name} ${showShape(shape)}`).join(', ');
    throw new UnsupportedError(`classify: needs a model with one input [N, 3, H, W], this one has ${got}`, {
      place: 'classify',
      expected: 'one input [N, 3, H, W]',
      got,
      hint: 'use run()',
    });
  }
  return { name: port.name, size: typeof height === 'number' && typeof width === 'number' ? [height, width] : undefined };
}

function probabilities(session: Runnable, outputs: ReturnType<Runnable['run']>): Float64Array {
  const [output] = session.outputs;
  const values = output && outputs[output.name]?.data;
  if (!output || !values || values.length === 0) throw new UnsupportedError('classify: the model has no output');
  const scores = Float64Array.from(values, Number);
  const bad = scores.findIndex((score) => Number.isNaN(score) || score === Infinity);
  if (bad >= 0) {
    throw new EngineError(`${output.name}: the score of class ${bad} is ${scores[bad]}, so there is no likeliest class`, {
      place: output.name,
      expected: 'finite scores',
      got: String(scores[bad]),
      hint: 'check the weights, and that preprocessing is what the model was trained with',
    });
  }
  return session.givesProbabilities ? scores : softmax(scores);
}

/** In f64, and after subtracting the largest, so that nothing overflows. */
export function softmax(scores: Float64Array): Float64Array {
  const largest = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = scores.map((score) => Math.exp(score - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** The first k of the classes ordered by falling score. */
export function rank(scores: Float64Array, k: number, labels: readonly string[] | undefined): ClassScore[] {
  const order = Array.from(scores.keys()).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
  return order.slice(0, k).map((index) => ({ index, label: labels?.[index], probability: scores[index] ?? 0 }));
}
