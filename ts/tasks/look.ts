import { maxPixelsOf } from '../image/decode-options.js';
import { decodePixels } from '../image/decode.platform.js';
import type { Decoded } from '../image/decoded.js';
import type { Place } from '../image/preprocess.js';
import { preprocessSpec } from '../image/spec.js';
import type { ImageInput, PreprocessOptions, PreprocessSpec } from '../image/types.js';
import { throwIfInterrupted } from '../session/interrupt.js';
import type { Interrupted } from '../session/interrupt.js';
import type { Runnable } from '../session/runnable.js';
import type { AnyTensor } from '../tensor/tensor.js';
import type { Instance } from '../wasm/instance.js';
import { imageInput } from './image-input.js';
import type { ImageInputPort } from './image-input.js';
import { leastSize, photoInput } from './photo.js';
import type { Scores } from './scores.js';
import type { TaskSpec } from './task.js';

/** Where the time went, in milliseconds. The parts sum to `total`. */
export interface PhotoTimes {
  /** Until the model was free. */
  readonly wait: number;
  /** The photo's way to the model, and the answer's way back. */
  readonly transfer: number;
  /** From bytes to pixels. */
  readonly decode: number;
  /** From pixels to the input, in one pass: resize, crop, normalise. */
  readonly preprocess: number;
  /** From the input to the answer. */
  readonly run: number;
  /** All that the caller waited. */
  readonly total: number;
}

/** How a photo is taken in, whatever is asked about it. */
export interface PhotoOptions {
  /** How pixels become the input. Default: the model's own, else what the task says. */
  readonly preprocess?: PreprocessOptions | undefined;
  /**
   * Default false: a photo more than twice as large as the net looks at may be decoded at a fraction of its size, which takes a
   * fraction of the time and moves the numbers a little (examples/guides/models.md says how much was measured). True reads every pixel, as
   * `decodeImage` and `preprocess` do.
   */
  readonly exact?: boolean | undefined;
  /** An encoded photo that announces more pixels is refused before it is decoded. Default 50,000,000. */
  readonly maxPixels?: number | undefined;
}

/** What a model says about how it wants to be asked. */
export interface PhotoDefaults {
  readonly labels?: readonly string[] | undefined;
  readonly preprocess?: PreprocessOptions | undefined;
  readonly scores?: Scores | undefined;
  readonly task?: TaskSpec | undefined;
}

/** A model that can be asked about photos. */
export interface PhotoModel extends PhotoDefaults {
  readonly session: Runnable;
  readonly instance: Instance;
}

/** How a call is made. */
export interface Asking {
  readonly interrupted?: Interrupted | undefined;
  /** Whether an address is among what is taken, for messages. Default true. */
  readonly locations?: boolean | undefined;
}

/** What a model said of a photo. */
export interface Seen {
  readonly outputs: Readonly<Record<string, AnyTensor>>;
  readonly place: Place;
  /** The photo as it is shown, in pixels. */
  readonly full: { readonly width: number; readonly height: number };
  readonly input: ImageInputPort;
  /** The times, once the answer is there: call it last. */
  readonly times: () => PhotoTimes;
}

/** How the photo becomes the input: as the call says, else the model, else its task. */
export function specFor(place: string, model: PhotoModel, { preprocess }: PhotoOptions, usual: PreprocessOptions): PreprocessSpec {
  return preprocessSpec(preprocess ?? model.preprocess ?? model.task?.preprocess ?? usual, imageInput(model.session.inputs, place).size);
}

/** In what [height, width] the model would take a photo, at least: see `DecodeRequest`. @throws as `look` */
export function leastFor(place: string, model: PhotoModel, options: PhotoOptions, usual: PreprocessOptions): readonly [number, number] | undefined {
  return options.exact ? undefined : leastSize(specFor(place, model, options, usual));
}

/** A photo that was decoded for a model. */
export interface TakenIn {
  readonly pixels: Decoded;
  readonly spec: PreprocessSpec;
  readonly input: ImageInputPort;
  readonly interrupted: Interrupted | undefined;
  /** When it began, and when the photo was decoded. */
  readonly started: number;
  readonly decoded: number;
}

/**
 * Decodes a photo.
 * @param place - who asks, for messages
 * @param usual - the preprocessing where neither call nor model say any
 * @throws ImageError for what is no image; UnsupportedError for a model with other inputs than one image; AbortedError when interrupted
 */
export async function takeIn(
  place: string, model: PhotoModel, image: ImageInput, options: PhotoOptions, usual: PreprocessOptions, { interrupted, locations = true }: Asking = {},
): Promise<TakenIn> {
  const maxPixels = maxPixelsOf(options);
  const input = imageInput(model.session.inputs, place);
  const spec = specFor(place, model, options, usual);
  const started = performance.now();
  const pixels = await decodePixels(image, { maxPixels, least: leastFor(place, model, options, usual), locations });
  const decoded = performance.now();
  throwIfInterrupted(interrupted);
  return { pixels, spec, input, interrupted, started, decoded };
}

/** What a model said, and when its input was ready. */
export interface Told extends Pick<Seen, 'outputs' | 'place'> {
  readonly prepared: number;
}

/** Makes pixels the input and runs the model. @param done - called once they are no longer needed */
export function tell({ session, instance }: PhotoModel, { spec, input, interrupted }: TakenIn, pixels: Decoded, done?: () => void): Told {
  const { x, place } = photoInput(instance, pixels, spec, input);
  done?.();
  const prepared = performance.now();
  return { outputs: session.run({ [input.name]: withoutBatch(x, input) }, interrupted), place, prepared };
}

function withoutBatch(x: AnyTensor, { alone }: ImageInputPort): AnyTensor {
  return alone ? { ...x, shape: x.shape.slice(1) } : x;
}

/**
 * Decodes a photo, makes it the input and runs the model.
 * @throws what `takeIn` throws
 */
export async function look(
  place: string, model: PhotoModel, image: ImageInput, options: PhotoOptions, usual: PreprocessOptions, asking: Asking = {},
): Promise<Seen> {
  const taken = await takeIn(place, model, image, options, usual, asking);
  const { pixels, input, started, decoded } = taken;
  const { full } = pixels;
  const { outputs, place: placed, prepared } = tell(model, taken, pixels, pixels.release);
  const times = (): PhotoTimes => {
    const done = performance.now();
    return { wait: 0, transfer: 0, decode: decoded - started, preprocess: prepared - decoded, run: done - prepared, total: done - started };
  };
  return { outputs, place: placed, full, input, times };
}
