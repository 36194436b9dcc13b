import { checkOptions, optionNames } from '../../base/options.js';
import { showShape, showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import type { Size } from '../../image/types.js';

/** A part of the image, taken at a random place. */
export interface CropOptions {
  /** Pixels, from 1 on: one number for a square, or [height, width]. Default: the size of the image. */
  readonly size?: Size | undefined;
  /** Pixels added on all four sides before, from 0 on. Default 0. */
  readonly padding?: number | undefined;
}

/** By how much examples are changed at random. What is absent is left as it is. */
export interface AugmentOptions {
  /** Pixels, a whole number from 0 on: moved by up to so many in each direction; or [vertical, horizontal]. */
  readonly shift?: number | readonly [number, number] | undefined;
  /** Degrees, 0 to 360: turned about the centre by up to so many either way. */
  readonly rotate?: number | undefined;
  /** From which factor to which it is enlarged about the centre, both above 0, the smaller first. */
  readonly scale?: readonly [number, number] | undefined;
  /** Degrees, from 0 to below 90: rows are moved against each other by an angle of up to so many either way. */
  readonly shear?: number | undefined;
  /** Mirrored in one of two cases: left and right, upside down, or each by itself. */
  readonly flip?: 'horizontal' | 'vertical' | 'both' | undefined;
  /** A random part of each picture. */
  readonly crop?: CropOptions | undefined;
  /** Probability, 0 to 1, with which a rectangle of 2 to 33 % of the area is erased (Zhong et al. 2017, arXiv 1708.04896). */
  readonly erase?: number | undefined;
  /** Pixels are multiplied by 1 - brightness to 1 + brightness, which is 0 to 1. */
  readonly brightness?: number | undefined;
  /** Differences from the mean of the channel are multiplied by 1 - contrast to 1 + contrast, which is 0 to 1. */
  readonly contrast?: number | undefined;
  /** Parameter alpha of mix-up, from 0 on, 0 for none (Zhang et al. 2017, arXiv 1710.09412): targets become probabilities, as `softCrossEntropy` takes them. */
  readonly mixup?: number | undefined;
  /** What comes from beyond the border, and what is erased; one number or one by channel. Default: what the data made of 0. */
  readonly fill?: number | readonly number[] | undefined;
}

/** Which flips there are. */
export interface Flips {
  /** Left and right exchanged, for every second picture. */
  readonly horizontal: boolean;
  /** Top and bottom exchanged, likewise. */
  readonly vertical: boolean;
}

/** A random part of each picture. */
export interface Crop {
  /** Height and width of the part; absent: those of the picture. */
  readonly size: readonly [number, number] | undefined;
  /** Pixels added around the picture before. */
  readonly padding: number;
}

/** An augmentation as data, so that it can be posted to a worker. */
export interface Augmentation {
  /** Pixels: [vertical, horizontal]. */
  readonly shift: readonly [number, number];
  /** Radians. */
  readonly rotate: number;
  /** Smallest and largest factor. */
  readonly scale: readonly [number, number];
  /** Radians. */
  readonly shear: number;
  /** Which flips there are. */
  readonly flip: Flips;
  /** A random part of each picture. */
  readonly crop: Crop | undefined;
  /** Probability with which a rectangle is erased, 0 to 1. */
  readonly erase: number;
  /** By how much pixels are made brighter or darker, 0 to 1. */
  readonly brightness: number;
  /** By how much the contrast is changed, 0 to 1. */
  readonly contrast: number;
  /** Parameter alpha of mix-up, 0 for none. */
  readonly mixup: number;
  /** By channel: what comes from beyond the border. */
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
