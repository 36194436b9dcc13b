import { EngineError } from '../errors.js';
import type { Decoded } from '../image/decoded.js';
import { redFirst } from '../image/pixels.js';
import { placeOf, valueTable } from '../image/preprocess.js';
import { pair } from '../image/spec.js';
import type { PreprocessSpec } from '../image/types.js';
import type { Instance, PhotoApi } from './instance.js';

/** What a photo becomes. */
export interface PhotoInput {
  readonly data: Float32Array<ArrayBuffer>;
  readonly height: number;
  readonly width: number;
}

/** How the elements of the input lie, as `Spec::read` in crates/kernels/src/photo/spec.rs numbers it. */
export interface PhotoLayout {
  readonly layout: 'nchw' | 'nhwc';
  readonly channels: 1 | 3;
}

/**
 * The smallest [height, width] in which a decoder may give a photo: twice what it is resized to, since the filter that comes
 * after then sees all that it would keep. Undefined where the photo is not resized.
 */
export function leastSize({ size, resize }: PreprocessSpec): readonly [number, number] | undefined {
  if (size === undefined) return undefined;
  const [height, width] = resize === 'shorter' && typeof size === 'number' ? [size, size] : pair(size);
  return [2 * height, 2 * width];
}

/**
 * Resizes, crops and normalises in the engine, a few rows at a time.
 * @throws ArgumentError for a crop that does not fit, EngineError where memory is too small
 */
export function photoInput(instance: Instance, decoded: Decoded, spec: PreprocessSpec, { layout, channels }: PhotoLayout): PhotoInput {
  // The engine's grey weighs red, green and blue in this order.
  const pixels = channels === 1 ? redFirst(decoded) : decoded;
  const { resized: [outHeight, outWidth], window } = placeOf(pixels.full, spec);
  const colour = channels === 1 ? 2 : (spec.order === 'bgr') === (pixels.order === 'bgr') ? 0 : 1;
  const words = Uint32Array.of(
    pixels.width, pixels.height, pixels.channels, outWidth, outHeight, window.left, window.top, window.width, window.height,
    spec.filter === 'bicubic' ? 1 : 0, layout === 'nhwc' ? 1 : 0, colour,
  );
  const tables = new Float32Array(channels * 256);
  for (let c = 0; c < channels; c += 1) tables.set(valueTable(spec, c), c * 256);
  const photo = begin(instance, words, tables);
  try {
    feed(instance.memory, photo, pixels);
    const data = new Float32Array(instance.memory.buffer, photo.outPtr(), photo.outLen()).slice();
    return { data, height: window.height, width: window.width };
  } finally {
    photo.free();
  }
}

function begin(instance: Instance, words: Uint32Array, tables: Float32Array): PhotoApi {
  try {
    return instance.photo(words, tables);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError(`preprocess: the engine cannot take in the photo (${reason})`, { place: 'preprocess', got: reason, cause });
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
