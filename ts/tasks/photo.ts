import { EngineError } from '../base/errors.js';
import { failed } from '../base/wrong.js';
import { photoSpec } from '../contract/steps.js';
import { numbers as wordsOf } from '../contract/word.js';
import type { Decoded } from '../image/decoded.js';
import { redFirst } from '../image/pixels.js';
import { AS_THEY_ARE, average } from '../image/preprocess-for.js';
import type { PixelTarget } from '../image/preprocess-for.js';
import { fillValues, placeOf, valueTable } from '../image/preprocess.js';
import type { Place } from '../image/preprocess.js';
import { pair } from '../image/spec.js';
import type { PreprocessSpec } from '../image/types.js';
import type { AnyTensor } from '../tensor/tensor.js';
import type { Instance, PhotoApi } from '../wasm/instance.js';

/**
 * The smallest [height, width] in which a decoder may give a photo: twice what it is resized to, since the filter that comes
 * after then sees all that it would keep. Undefined where the photo is not resized.
 */
export function leastSize({ size, resize }: PreprocessSpec): readonly [number, number] | undefined {
  if (size === undefined) return undefined;
  const [height, width] = resize === 'shorter' && typeof size === 'number' ? [size, size] : pair(size);
  return [2 * height, 2 * width];
}

/** A photo as a net takes it, and what of the photo lies where. */
export interface PlacedInput {
  readonly x: AnyTensor;
  readonly place: Place;
}

/**
 * Resizes, crops, frames and normalises in the engine, a few rows at a time: the bits of `preprocessFor`.
 * @throws ArgumentError for a crop that does not fit, EngineError where memory is too small
 */
export function photoInput(instance: Instance, decoded: Decoded, spec: PreprocessSpec, target: PixelTarget): PlacedInput {
  const { layout, channels, dtype } = target;
  // The engine's grey weighs red, green and blue in this order.
  const pixels = channels === 1 ? redFirst(decoded) : decoded;
  const place = placeOf(pixels.full, spec);
  const { resized: [outHeight, outWidth], window: { left, top, width, height }, frame = { left: 0, top: 0, width, height } } = place;
  const colour = channels === 1 ? 'grey' : (spec.order === 'bgr') === (pixels.order === 'bgr') ? 'rgb' : 'bgr';
  const { extent = pixels } = pixels;
  const words = photoSpec({
    width: pixels.width, height: pixels.height, channels: pixels.channels, outWidth, outHeight, left, top, cropWidth: width, cropHeight: height,
    filter: spec.filter === 'bicubic' ? 'bicubic' : 'bilinear', layout: layout === 'nhwc' ? 'interleaved' : 'planar', colour,
    extentWidth: extent.width, extentHeight: extent.height, frameWidth: frame.width, frameHeight: frame.height, frameLeft: frame.left, frameTop: frame.top,
  });
  const photo = begin(instance, wordsOf(words), tables(spec, target), fills(spec, target));
  try {
    feed(instance.memory, photo, pixels);
    const seen = new Float32Array(instance.memory.buffer, photo.outPtr(), photo.outLen());
    const shape = layout === 'nchw' ? [1, channels, frame.height, frame.width] : [1, frame.height, frame.width, channels];
    return { x: dtype === 'uint8' ? { dtype, shape, data: Uint8Array.from(seen) } : { dtype, shape, data: seen.slice() }, place };
  } finally {
    photo.free();
  }
}

/** What stands around a letterboxed photo, in each channel. */
function fills(spec: PreprocessSpec, { channels, dtype }: PixelTarget): readonly number[] {
  const { mean, std, scale } = dtype === 'uint8' ? AS_THEY_ARE : spec;
  const { fill } = spec;
  if (channels === 3) return fillValues({ mean, std, scale, fill });
  const grey = [average(mean), average(std)] as const;
  return fillValues({ mean: [grey[0], grey[0], grey[0]], std: [grey[1], grey[1], grey[1]], scale, fill }).slice(0, 1);
}

/** What the 256 values of a byte become in each channel. */
function tables(spec: PreprocessSpec, { channels, dtype }: PixelTarget): Float32Array {
  const { mean, std, scale } = dtype === 'uint8' ? AS_THEY_ARE : spec;
  const grey = [average(mean), average(std)] as const;
  const table = new Float32Array(channels * 256);
  for (let c = 0; c < channels; c += 1) {
    const [middle, spread] = channels === 1 ? grey : ([mean[c] ?? 0, std[c] ?? 1] as const);
    table.set(valueTable(scale, middle, spread), c * 256);
  }
  return table;
}

function begin(instance: Instance, words: readonly number[], tables: Float32Array, fills: readonly number[]): PhotoApi {
  try {
    return instance.photo(Uint32Array.from(words), tables, Float32Array.from(fills));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    failed('preprocess', 'the engine cannot take in the photo', reason, { as: EngineError, cause });
  }
}

/** Rows are copied where the engine wants them: its memory may be shared, or have grown, so views are made anew. */
function feed(memory: WebAssembly.Memory, photo: PhotoApi, { data, width, channels }: Decoded): void {
  const rowBytes = width * channels;
  const room = photo.rowsLen() / rowBytes;
  const to = new Uint8Array(memory.buffer, photo.rowsPtr(), room * rowBytes);
  for (let row = photo.nextRow(), end = photo.endRow(); row < end; row = photo.nextRow()) {
    const count = Math.min(room, end - row);
    to.set(data.subarray(row * rowBytes, (row + count) * rowBytes));
    photo.push(count);
  }
}
