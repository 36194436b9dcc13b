import { checkOptions, optionNames } from '../../base/options.js';
import { showShape, showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import type { Size } from '../../image/types.js';

/** A part of the image, taken at a random place. */
export interface CropOptions {
  /** One number for a square, or [height, width]. Default: the size of the image. */
  readonly size?: Size | undefined;
  /** Pixels added on all four sides before. Default 0. */
  readonly padding?: number | undefined;
}

/** By how much examples are changed at random. What is absent is left as it is. */
export interface AugmentOptions {
  /** Pixels, a whole number: moved by up to so many in each direction; or [vertical, horizontal]. */
  readonly shift?: number | readonly [number, number] | undefined;
  /** Degrees: turned about the centre by up to so many either way. */
  readonly rotate?: number | undefined;
  /** From which factor to which it is enlarged about the centre. */
  readonly scale?: readonly [number, number] | undefined;
  /** Degrees, below 90: rows are moved against each other by an angle of up to so many either way. */
  readonly shear?: number | undefined;
  /** Mirrored in one of two cases: left and right, upside down, or each by itself. */
  readonly flip?: 'horizontal' | 'vertical' | 'both' | undefined;
  readonly crop?: CropOptions | undefined;
  /** Probability with which a rectangle of 2 to 33 % of the area is erased (Zhong et al. 2017, arXiv 1708.04896). */
  readonly erase?: number | undefined;
  /** Pixels are multiplied by 1 - brightness to 1 + brightness. */
  readonly brightness?: number | undefined;
  /** Differences from the mean of the channel are multiplied by 1 - contrast to 1 + contrast. */
  readonly contrast?: number | undefined;
  /** Parameter alpha of mix-up (Zhang et al. 2017, arXiv 1710.09412): targets become probabilities, as `softCrossEntropy` takes them. */
  readonly mixup?: number | undefined;
  /** What comes from beyond the border, and what is erased; one number or one by channel. Default: what the data made of 0. */
  readonly fill?: number | readonly number[] | undefined;
}

/** An augmentation as data, so that it can be posted to a worker. */
export interface Augmentation {
  /** [vertical, horizontal] */
  readonly shift: readonly [number, number];
  /** Radians. */
  readonly rotate: number;
  readonly scale: readonly [number, number];
  /** Radians. */
  readonly shear: number;
  readonly flip: { readonly horizontal: boolean; readonly vertical: boolean };
  readonly crop: { readonly size: readonly [number, number] | undefined; readonly padding: number } | undefined;
  readonly erase: number;
  readonly brightness: number;
  readonly contrast: number;
  /** 0 for none. */
  readonly mixup: number;
  readonly fill: readonly number[] | undefined;
}

const CROP = optionNames<CropOptions>({ size: true, padding: true });
const OPTIONS = optionNames<AugmentOptions>({
  shift: true, rotate: true, scale: true, shear: true, flip: true, crop: true, erase: true, brightness: true, contrast: true, mixup: true, fill: true,
});

/** The largest size or shift: sizes of images. */
const MAX_PIXELS = 65_536;

const show = (value: unknown): string => (Array.isArray(value) ? showShape(value) : showValue(value));

function check<Value>(name: string, value: Value, fits: boolean, expected: string): Value {
  return fits ? value : wrong(`augment: ${name}`, expected, show(value));
}

function number(name: string, value: number, most: number, expected: string): number {
  return check(name, value, typeof value === 'number' && value >= 0 && value <= most, expected);
}

const isWhole = (value: unknown, least: number): boolean => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= MAX_PIXELS;

function isPair(value: unknown, fits: (side: unknown) => boolean): value is readonly [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every(fits);
}

/**
 * By how much examples are changed, checked. Several changes of place are one resampling.
 * @throws ArgumentError for an option that does not exist or a number that has no meaning
 */
export function augment(options: AugmentOptions = {}): Augmentation {
  checkOptions('augment', options, OPTIONS);
  const { shift = 0, rotate = 0, scale = [1, 1], shear = 0, flip, crop, erase = 0, brightness = 0, contrast = 0, mixup = 0, fill } = options;
  const shifts: unknown = typeof shift === 'number' ? [shift, shift] : shift;
  const flips = [undefined, 'horizontal', 'vertical', 'both'];
  check('flip', flip, flips.includes(flip), 'horizontal, vertical or both');
  return {
    shift: isPair(shifts, (side) => isWhole(side, 0)) ? shifts : wrong('augment: shift', 'a whole number of pixels from 0 on, or [vertical, horizontal]', show(shift)),
    rotate: radians(number('rotate', rotate, 360, 'degrees from 0 to 360')),
    scale: check('scale', scale, isPair(scale, (side) => Number.isFinite(side) && Number(side) > 0) && scale[0] <= scale[1], 'two factors above 0, the smaller first'),
    shear: radians(check('shear', shear, typeof shear === 'number' && shear >= 0 && shear < 90, 'degrees from 0 to below 90')),
    flip: { horizontal: flip === 'horizontal' || flip === 'both', vertical: flip === 'vertical' || flip === 'both' },
    crop: crop && cropOf(crop),
    erase: number('erase', erase, 1, 'a probability from 0 to 1'),
    brightness: number('brightness', brightness, 1, 'a number from 0 to 1'),
    contrast: number('contrast', contrast, 1, 'a number from 0 to 1'),
    mixup: number('mixup', mixup, Number.MAX_VALUE, 'a number from 0 on'),
    fill: fill === undefined ? undefined : fillOf(fill),
  };
}

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

function cropOf(crop: CropOptions): NonNullable<Augmentation['crop']> {
  checkOptions('augment: crop', crop, CROP);
  const { size, padding = 0 } = crop;
  const sides: unknown = typeof size === 'number' ? [size, size] : size;
  check('crop.padding', padding, isWhole(padding, 0), 'a whole number of pixels from 0 on');
  if (sides !== undefined && !isPair(sides, (side) => isWhole(side, 1))) return wrong('augment: crop.size', 'a whole number of pixels from 1 on, or [height, width]', show(size));
  return { size: sides, padding };
}

function fillOf(fill: number | readonly number[]): readonly number[] {
  const list = typeof fill === 'number' ? [fill] : fill;
  return check('fill', list, Array.isArray(list) && list.length > 0 && list.every(Number.isFinite), 'a finite number, or one by channel');
}
