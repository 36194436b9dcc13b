import { EngineError, UnsupportedError } from '../base/errors.js';
import { refuse } from '../graph/features.js';
import { wrong } from '../base/wrong.js';
import type { ImageInput } from '../image/types.js';
import type { Features } from '../session/runnable.js';
import type { AnyTensor } from '../tensor/tensor.js';
import { showShape } from '../base/show.js';
import { USUAL } from './classify.js';
import { look } from './look.js';
import type { Asking, PhotoModel, PhotoOptions, PhotoTimes } from './look.js';
import { taskName } from './task.js';

/** How an image becomes a vector. */
export interface EmbedOptions extends PhotoOptions {
  /** Whether the vector is divided by its length, so that the product of two is the cosine of their angle. Default false. */
  readonly normalize?: boolean | undefined;
}

/** What a photo is to a classifier just before it is classified. */
export interface Embedding {
  /** One number a feature. */
  readonly vector: Float32Array;
  /** Where the time went. */
  readonly ms: PhotoTimes;
}

/**
 * The features of an image: what the last fully connected layer, or convolution of one pixel, of a classifier reads; of maps the mean of
 * each. Images that look alike to the net have vectors of nearly one direction.
 * @throws UnsupportedError for a model made for something else than classification, without such a layer, of which that layer makes scores
 *   of each place as the heads of detectors do, or with other inputs than one image; EngineError if a feature is not finite; ImageError for what is no image; AbortedError when interrupted
 */
export async function embed(model: PhotoModel, image: ImageInput, options: EmbedOptions = {}, asking: Asking = {}): Promise<Embedding> {
  expectClassifier(model);
  const { session, output, ...how } = model.session.features();
  const { outputs, times } = await look('embed', { ...model, session }, image, options, USUAL, asking);
  const vector = meansOf(outputs[output], output, how);
  return { vector: options.normalize === true ? normalized(vector) : vector, ms: times() };
}

/** @throws UnsupportedError */
function expectClassifier({ task }: PhotoModel): void {
  if (task === undefined || task.kind === 'classify') return;
  const [expected, got] = ['classification', taskName(task)];
  wrong('embed', `a model made for ${expected}`, `one made for ${got}`, { as: UnsupportedError, hint: 'use run()' });
}

/** Means over all dimensions but that of the features, in f64. @throws UnsupportedError for features of places that are scored apart */
function meansOf(value: AnyTensor | undefined, name: string, { features, joined }: Pick<Features, 'features' | 'joined'>): Float32Array {
  const { shape = [], data } = value ?? {};
  if (!(data instanceof Float32Array) || data.length === 0) {
    const got = `${name}, ${value?.dtype ?? 'none'} ${showShape(shape)}`;
    wrong('embed', 'features in float32', got, { as: UnsupportedError, hint: 'use run()' });
  }
  const count = features === 'last' ? (shape.at(-1) ?? 1) : (shape[1] ?? 1);
  const places = data.length / count;
  if (places > 1 && !joined) refuse(`each of ${places} places has scores of its own, as in a detector`);
  const [feature, place] = features === 'last' ? [1, count] : [places, 1];
  const means = Float32Array.from({ length: count }, (_, c) => {
    let sum = 0;
    for (let i = 0; i < places; i++) sum += data[c * feature + i * place]!;
    return sum / places;
  });
  const bad = means.findIndex((mean) => !Number.isFinite(mean));
  if (bad < 0) return means;
  const hint = 'check the weights, and that preprocessing is what the model was trained with';
  wrong(name, 'finite features', `${means[bad]} as feature ${bad}`, { as: EngineError, hint });
}

/** Zeros stay zeros. */
function normalized(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return length > 0 ? vector.map((value) => value / length) : vector;
}
