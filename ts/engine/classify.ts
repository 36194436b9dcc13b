import { ArgumentError, EngineError, UnsupportedError } from '../errors.js';
import { DEFAULT_MAX_PIXELS } from '../image/decoded.js';
import { decodePixels } from '../image/decode.platform.js';
import { preprocessSpec } from '../image/spec.js';
import type { ImageInput, PreprocessOptions } from '../image/types.js';
import { showShape, tensor } from '../tensor/tensor.js';
import { throwIfInterrupted } from './interrupt.js';
import type { Instance } from './instance.js';
import type { Interrupted } from './interrupt.js';
import { leastSize, photoInput } from './photo.js';
import type { Runnable } from './runnable.js';

/** How an image is classified. */
export interface ClassifyOptions {
  /** How many classes to name. Default 5; never more than there are. */
  readonly topK?: number | undefined;
  /** Names of the classes, by index. Default: those of the model. */
  readonly labels?: readonly string[] | undefined;
  /** How pixels become the input. Default: the model's own, else `imagenet`. */
  readonly preprocess?: PreprocessOptions | undefined;
  /**
   * Default false: a photo more than twice as large as the net looks at may be decoded at a fraction of its size, which takes a
   * fraction of the time and moves probabilities by less than 0.01. True reads every pixel, as `decodeImage` and `preprocess` do.
   */
  readonly exact?: boolean | undefined;
  /** An encoded photo that announces more pixels is refused before it is decoded. Default 50,000,000. */
  readonly maxPixels?: number | undefined;
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
}

/** A model that can be asked. */
export interface Classifier extends ClassifyDefaults {
  readonly session: Runnable;
  readonly instance: Instance;
}

/**
 * The likeliest classes of an image.
 * @throws ImageError for what is no image; UnsupportedError for a model with other inputs than one [N, 3, H, W];
 *   EngineError if the outputs are not finite; AbortedError when interrupted
 */
export async function classify(
  model: Classifier,
  image: ImageInput,
  options: ClassifyOptions = {},
  interrupted?: Interrupted,
): Promise<Classification> {
  const { session } = model;
  const topK = checkWhole('topK', options.topK ?? 5);
  const maxPixels = checkWhole('maxPixels', options.maxPixels ?? DEFAULT_MAX_PIXELS);
  const input = imageInput(session);
  const spec = preprocessSpec(options.preprocess ?? model.preprocess ?? 'imagenet', input.size);
  const started = performance.now();
  const pixels = await decodePixels(image, { maxPixels, least: leastPhoto(model, options) });
  const decoded = performance.now();
  throwIfInterrupted(interrupted);
  const { data, height, width } = photoInput(model.instance, pixels, spec, { layout: 'nchw', channels: 3 });
  pixels.release?.();
  const prepared = performance.now();
  const outputs = session.run({ [input.name]: tensor(data, [1, 3, height, width]) }, interrupted);
  const top = rank(probabilities(session, outputs), topK, options.labels ?? model.labels);
  const done = performance.now();
  const ms = { wait: 0, transfer: 0, decode: decoded - started, preprocess: prepared - decoded, run: done - prepared, total: done - started };
  return { top, ms };
}

/**
 * In what [height, width] the model would take a photo, at least: see `DecodeRequest`.
 * @throws ArgumentError, UnsupportedError as `classify`
 */
export function leastPhoto(model: Classifier, { exact, preprocess }: ClassifyOptions): readonly [number, number] | undefined {
  if (exact) return undefined;
  return leastSize(preprocessSpec(preprocess ?? model.preprocess ?? 'imagenet', imageInput(model.session).size));
}

function checkWhole(place: string, value: number): number {
  if (Number.isInteger(value) && value >= 1) return value;
  const expected = 'a whole number from 1 on';
  throw new ArgumentError(`${place}: expected ${expected}, got ${value}`, { place, expected, got: String(value) });
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
