import { wrong } from '../base/wrong.js';
import { tensor } from '../tensor/tensor.js';
import type { Tensor } from '../tensor/tensor.js';
import { checkRgb } from './pixels.js';
import { resize } from './resize.js';
import { centreOffset, pair, preprocessSpec } from './spec.js';
import type { PreprocessOptions, PreprocessSpec, RgbImage, Size } from './types.js';

/**
 * Pixels to the input of a net: resize, centre crop, then `(value * scale - mean[c]) / std[c]`.
 *
 * @param options - the name of a preset, or fields of a spec laid over one
 * @param input - [height, width] the net takes, in pixels, for presets that stretch to it
 * @returns float32 [1, 3, H, W], channels in the order of the spec
 * @throws ArgumentError for an impossible spec, or a crop larger than the resized image; ImageError for what is no RGB image
 */
export function preprocess(image: RgbImage, options: PreprocessOptions, input?: readonly [number, number]): Tensor {
  const spec = preprocessSpec(options, input);
  checkRgb(image, 'image');
  const place = placeOf(image, spec);
  const { resized: [height, width], window } = place;
  const resized = resize(image, width, height, spec.filter ?? 'bilinear');
  const data = new Float32Array(3 * window.height * window.width);
  for (let c = 0; c < 3; c++) {
    const source = spec.order === 'rgb' ? c : 2 - c;
    plane(resized, window, source, valueTable(spec.scale, spec.mean[c] ?? 0, spec.std[c] ?? 1), data.subarray(c * window.height * window.width));
  }
  const x = tensor(data, [1, 3, window.height, window.width]);
  return place.frame ? tensor(framed(data, place.frame, window, 'nchw', fillValues(spec)), [1, 3, place.frame.height, place.frame.width]) : x;
}

/** What of a photo becomes the input: it is resized to [height, width], of which the window is taken. */
export interface Place {
  readonly resized: readonly [number, number];
  readonly window: Window;
  /** Of a letterbox: the input's size, and where in it the window begins. */
  readonly frame?: Window | undefined;
}

/** @throws ArgumentError for a crop larger than the resized image */
export function placeOf(photo: Sized, spec: PreprocessSpec): Place {
  const resized = resizedSize(photo, spec);
  const window = centre({ height: resized[0], width: resized[1] }, spec.crop);
  return spec.resize === 'letterbox' && spec.size !== undefined ? { resized, window, frame: frameOf(window, spec.size, spec) } : { resized, window };
}

function frameOf(inner: Sized, size: Size, { anchor, multiple }: PreprocessSpec): Window {
  const up = (length: number, whole: number): number => (multiple === undefined ? whole : Math.ceil(length / multiple) * multiple);
  const [height, width] = [up(inner.height, pair(size)[0]), up(inner.width, pair(size)[1])];
  const before = (outer: number, length: number): number => (anchor === 'start' ? 0 : Math.floor((outer - length) / 2));
  return { top: before(height, inner.height), left: before(width, inner.width), height, width };
}

/** What the input has around a letterboxed image, in each channel. */
export function fillValues({ scale, mean, std, fill = 114 }: Pick<PreprocessSpec, 'scale' | 'mean' | 'std' | 'fill'>): readonly number[] {
  return mean.map((middle, c) => Math.fround((fill * scale - middle) / (std[c] ?? 1)));
}

/**
 * Numbers laid into a larger frame that is filled around them.
 * @param values - of the window, of as many channels as there are fills
 */
export function framed(
  values: Float32Array, frame: Window, { height, width }: Sized, layout: 'nchw' | 'nhwc', fills: readonly number[],
): Float32Array<ArrayBuffer> {
  const channels = fills.length;
  const data = new Float32Array(frame.height * frame.width * channels);
  const [planes, pixel] = layout === 'nchw' ? [channels, 1] : [1, channels];
  for (let p = 0; p < planes; p++) {
    const plane = data.subarray(p * frame.height * frame.width * pixel, (p + 1) * frame.height * frame.width * pixel);
    if (layout === 'nchw') plane.fill(fills[p] ?? 0);
    else for (let i = 0; i < plane.length; i++) plane[i] = fills[i % channels] ?? 0;
    for (let y = 0; y < height; y++) {
      const from = (p * height + y) * width * pixel;
      plane.set(values.subarray(from, from + width * pixel), ((frame.top + y) * frame.width + frame.left) * pixel);
    }
  }
  return data;
}

interface Sized {
  readonly width: number;
  readonly height: number;
}

/** [height, width] after the resize. The longer side is truncated, not rounded, as torchvision does. */
function resizedSize(image: Sized, spec: PreprocessSpec): readonly [number, number] {
  const { size } = spec;
  if (size === undefined) return [image.height, image.width];
  if (spec.resize === 'letterbox') return fitted(image, pair(size));
  if (typeof size !== 'number' || spec.resize === 'stretch') return pair(size);
  const longer = (long: number, short: number): number => Math.trunc((size * long) / short);
  return image.height < image.width
    ? [size, longer(image.width, image.height)]
    : [longer(image.height, image.width), size];
}

/** The largest [height, width] of these proportions that fits; at least one pixel each way. */
function fitted(image: Sized, [height, width]: readonly [number, number]): readonly [number, number] {
  const ratio = Math.min(height / image.height, width / image.width);
  const side = (length: number, most: number): number => Math.min(most, Math.max(1, Math.round(length * ratio)));
  return [side(image.height, height), side(image.width, width)];
}

/** In pixels of the resized image. */
export interface Window {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

function centre(image: Sized, crop: Size | undefined): Window {
  const [height, width] = crop === undefined ? [image.height, image.width] : pair(crop);
  if (height > image.height || width > image.width) {
    const hint = 'name a larger size, or a smaller crop';
    wrong('preprocess.crop', `at most ${image.height} x ${image.width}, the size of the image`, `${height} x ${width}`, { hint });
  }
  return {
    top: centreOffset(image.height, height),
    left: centreOffset(image.width, width),
    height,
    width,
  };
}

/** A pixel has 256 values, so the arithmetic is done 256 times a channel, in f64, and rounded once. */
export function valueTable(scale: number, mean: number, std: number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, value) => (value * scale - mean) / std);
}

function plane(image: RgbImage, window: Window, channel: number, table: Float32Array, out: Float32Array): void {
  for (let y = 0, to = 0; y < window.height; y++) {
    let from = ((window.top + y) * image.width + window.left) * 3 + channel;
    for (let x = 0; x < window.width; x++, from += 3) out[to++] = table[image.data[from]!]!;
  }
}
