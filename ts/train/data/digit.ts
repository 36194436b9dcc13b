// A drawing or photo of one digit as MNIST has digits (LeCun, Bottou, Bengio and Haffner 1998): scaled into a box of 20 x 20 pixels
// with its proportions kept, antialiased, and placed by its centre of mass into 28 x 28.
import { ArgumentError, ImageError } from '../../base/errors.js';
import { checkOptions, optionNames } from '../../base/options.js';
import { typeName } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import { toRgb } from '../../image/pixels.js';
import { asRaw } from '../../image/raw.js';
import { resize } from '../../image/resize.js';
import type { RawImage, RgbImage } from '../../image/types.js';
import type { Tensor } from '../../tensor/tensor.js';
import type { Normalization } from './dataset.js';
import { greyOf } from './grey.js';
import { inkOf } from './ink.js';
import { BYTE_SCALE, normalOf, writerOf } from './normalize.js';
import { strokesOf } from './strokes.js';
import type { Box } from './strokes.js';

/** Sides of the image and of the box. */
const [SIDE, BOX] = [28, 20];
/** Photos are first made this small: strokes stay, noise goes. */
const MAX_SIDE = 512;

/** How a digit is prepared. */
export interface DigitOptions {
  /** That of the data the network has learned from. Default: 0 to 1. */
  readonly normalize?: Normalization | undefined;
}

const OPTIONS = optionNames<DigitOptions>({ normalize: true });

/**
 * The input of a network that has learned MNIST, for a drawing or photo of one digit on a plain background, dark on light or light
 * on dark: the ink is cropped, scaled into 20 x 20 and placed by its centre of mass into 28 x 28; no ink is 0, full ink 1
 * (LeCun et al. 1998, "Gradient-based learning applied to document recognition").
 * @param image - pixels: a canvas's ImageData, or what `decodeImage` gives
 * @returns float32 [1, 1, 28, 28]
 * @throws ImageError for a picture without ink, or impossible pixels; ArgumentError for what are no pixels, or an option
 */
export function digit(image: RawImage | RgbImage, options: DigitOptions = {}): Tensor {
  checkOptions('digit', options, OPTIONS);
  const raw = asRaw(image) ?? wrong('digit', 'pixels { data, width, height }', typeName(image), { as: ArgumentError, hint: 'decodeImage makes them of files' });
  const grey = greyOf(shrunk(toRgb(raw, 'digit')));
  const ink = inkOf(grey);
  const box = ink && strokesOf(ink, grey.width);
  if (!ink || !box) return wrong('digit', 'a digit on a plain background', 'a picture without ink', { as: ImageError });
  const placed = inCentre(scaled(ink, grey.width, box));
  const out = new Float32Array(SIDE * SIDE);
  writerOf(normalOf('digit', options.normalize, [1, SIDE, SIDE], BYTE_SCALE), true)(placed, out);
  return { dtype: 'float32', shape: [1, 1, SIDE, SIDE], data: out };
}

function shrunk(image: RgbImage): RgbImage {
  const factor = MAX_SIDE / Math.max(image.width, image.height);
  if (factor >= 1) return image;
  return resize(image, Math.max(1, Math.round(image.width * factor)), Math.max(1, Math.round(image.height * factor)));
}

/** The box of the ink, its longer side 20; one byte a pixel. */
function scaled(ink: Float32Array, stride: number, { top, left, width, height }: Box): { data: Uint8Array; width: number; height: number } {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    data.fill(Math.round(255 * ink[(top + Math.floor(i / width)) * stride + left + (i % width)]!), 3 * i, 3 * i + 3);
  }
  const factor = BOX / Math.max(width, height);
  const side = (length: number): number => Math.max(1, Math.round(length * factor));
  // As sharp as MNIST's own: bilinear leaves a tenth more pixels grey.
  const small = resize({ data, width, height }, side(width), side(height), 'bicubic');
  return { data: small.data.filter((_, i) => i % 3 === 0), width: small.width, height: small.height };
}

/** Placed so that the centre of mass lies in the pixel behind the middle, as in all images of MNIST. */
function inCentre({ data, width, height }: { data: Uint8Array; width: number; height: number }): Uint8Array {
  let [sum, x, y] = [0, 0, 0];
  data.forEach((value, i) => {
    sum += value;
    x += value * ((i % width) + 0.5);
    y += value * (Math.floor(i / width) + 0.5);
  });
  const place = (centre: number, length: number): number => Math.min(SIDE - length, Math.max(0, SIDE / 2 - Math.floor(centre)));
  const [left, top] = [place(x / sum, width), place(y / sum, height)];
  const out = new Uint8Array(SIDE * SIDE);
  for (let row = 0; row < height; row++) out.set(data.subarray(row * width, (row + 1) * width), (top + row) * SIDE + left);
  return out;
}
