import { ShapeError } from '../../base/errors.js';
import { showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import { checkRgb } from '../../image/pixels.js';
import type { RawImage, RgbImage } from '../../image/types.js';
import { checkMask } from './mask.js';
import type { InstanceMask, Mask } from './mask.js';

/**
 * Colours of classes, the palette of PASCAL VOC (Everingham et al. 2010, doi 10.1007/s11263-009-0275-4): the three lowest bits of an index
 * are the highest of red, green and blue, the next three the next, and so on. Class 0 is black; neighbours differ much.
 * @param classes - how many
 * @returns [classes, 3] bytes: red, green, blue
 * @throws ArgumentError for what is no number of classes
 */
export function colours(classes: number): Uint8Array {
  if (!Number.isInteger(classes) || classes < 0 || classes > 1 << 16) wrong('colours', 'a whole number of classes from 0 to 65536', showValue(classes));
  const palette = new Uint8Array(classes * 3);
  for (let index = 0; index < classes; index++) {
    for (let bit = 0; bit < 24; bit++) {
      if ((index >> bit) & 1) palette[index * 3 + (bit % 3)]! |= 0x80 >> Math.floor(bit / 3);
    }
  }
  return palette;
}

/** How a mask is laid over a photo. */
export interface OverlayOptions {
  /** [classes, 3] bytes. Default `colours` of as many classes as the mask has. */
  readonly palette?: Uint8Array | undefined;
  /** Of the colours, 0 to 1. Default 0.5. */
  readonly opacity?: number | undefined;
  /** The class that is left as it is, or false for none. Default 0. */
  readonly background?: number | false | undefined;
}

/**
 * A photo with each pixel tinted by the colour of its class. Outside of a mask that is smaller, as that of a thing is, it stays as it is.
 * @returns a new image; the photo is left alone
 * @throws ImageError for what is no RGB image, ShapeError for a mask of another photo, ArgumentError for a class without a colour
 */
export function overlay(photo: RgbImage, mask: Mask | InstanceMask, options: OverlayOptions = {}): RgbImage {
  checkRgb(photo, 'overlay: photo');
  checkMask(mask, 'overlay: mask');
  const { opacity = 0.5, background = 0 } = options;
  if (!(typeof opacity === 'number' && opacity >= 0 && opacity <= 1)) wrong('overlay: opacity', 'a number from 0 to 1', showValue(opacity));
  const { left, top } = placeOn(photo, mask);
  let most = 0;
  for (const index of mask.data) most = Math.max(most, index);
  const palette = options.palette ?? colours(most + 1);
  if (palette.length < 3 * (most + 1)) wrong('overlay: palette', `3 bytes for each of ${most + 1} classes`, String(palette.length));
  const data = Uint8Array.from(photo.data);
  for (let y = 0, from = 0; y < mask.height; y++) {
    let to = ((top + y) * photo.width + left) * 3;
    for (let x = 0; x < mask.width; x++, from++, to += 3) {
      const index = mask.data[from]!;
      if (index === background) continue;
      for (let c = 0; c < 3; c++) data[to + c] = Math.round(data[to + c]! * (1 - opacity) + palette[index * 3 + c]! * opacity);
    }
  }
  return { data, width: photo.width, height: photo.height };
}

function placeOn(photo: RgbImage, mask: Mask | InstanceMask): { readonly left: number; readonly top: number } {
  const { left, top } = 'left' in mask ? mask : { left: 0, top: 0 };
  const inside = left >= 0 && top >= 0 && left + mask.width <= photo.width && top + mask.height <= photo.height;
  const whole = 'left' in mask || (mask.width === photo.width && mask.height === photo.height);
  if (inside && whole) return { left, top };
  return wrong('overlay: mask', `one of this photo, ${photo.width} x ${photo.height}`, `${mask.width} x ${mask.height}`, { as: ShapeError });
}

/**
 * A photo with a matte as its alpha: what is behind shows through where it is low.
 * @param alpha - as many bytes as the photo has pixels, as `segment` answers them with `soft`
 * @throws ImageError for what is no RGB image, ShapeError for a matte of another photo
 */
export function cutOut(photo: RgbImage, alpha: Uint8Array): RawImage {
  checkRgb(photo, 'cutOut: photo');
  const pixels = photo.width * photo.height;
  if (!(alpha instanceof Uint8Array)) wrong('cutOut: alpha', 'a Uint8Array, as segment(photo, { soft: true }) answers it', showValue(alpha));
  if (alpha.length !== pixels) wrong('cutOut: alpha', `one of this photo, ${pixels} bytes`, String(alpha.length), { as: ShapeError });
  const data = new Uint8Array(pixels * 4);
  for (let i = 0; i < pixels; i++) {
    data.set(photo.data.subarray(3 * i, 3 * i + 3), 4 * i);
    data[4 * i + 3] = alpha[i]!;
  }
  return { data, width: photo.width, height: photo.height, channels: 4 };
}
