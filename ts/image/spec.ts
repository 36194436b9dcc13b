import { wrong } from '../base/wrong.js';
import { checkOptions, optionNames } from '../base/options.js';
import { showShape, showValue } from '../base/show.js';
import type { PreprocessFields, PreprocessOptions, PreprocessSpec, PresetName, Size } from './types.js';

/** Share of the shorter side that torchvision's ImageNet evaluation keeps: 224 of 256. */
const IMAGENET_CROP = 224 / 256;

const PRESETS: Readonly<Record<PresetName, PreprocessSpec>> = {
  imagenet: {
    size: 256,
    resize: 'shorter',
    crop: 224,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
    scale: 1 / 255,
    order: 'rgb',
  },
  caffe: { resize: 'stretch', mean: [104.006, 116.669, 122.679], std: [1, 1, 1], scale: 1, order: 'bgr' },
  tf: { resize: 'stretch', mean: [1, 1, 1], std: [1, 1, 1], scale: 1 / 127.5, order: 'rgb' },
  unit: { resize: 'stretch', mean: [0, 0, 0], std: [1, 1, 1], scale: 1 / 255, order: 'rgb' },
  letterbox: { resize: 'letterbox', mean: [0, 0, 0], std: [1, 1, 1], scale: 1 / 255, order: 'rgb' },
};

/** Names of the presets, for messages and help. */
export const PRESET_NAMES = Object.keys(PRESETS) as readonly PresetName[];

/**
 * A complete, checked spec from a preset name or from fields laid over a preset.
 *
 * - `imagenet`: shorter side 256, centre crop 224, 0..1, ImageNet mean and deviation, RGB
 * - `caffe`: stretch to the input, BGR minus (104.006, 116.669, 122.679), 0..255
 * - `tf`: stretch to the input, -1..1, RGB
 * - `unit`: stretch to the input, 0..1, RGB
 * - `letterbox`: as large as fits into the input, in the middle of grey 114, 0..1, RGB
 *
 * @param input - [height, width] the net takes, if it takes only one; used where the options name no size.
 *   `imagenet` then keeps its proportion of crop to size.
 * @throws ArgumentError for an unknown preset, or a number that is not finite, zero or out of range
 */
export function preprocessSpec(options: PreprocessOptions, input?: readonly [number, number]): PreprocessSpec {
  const given = typeof options === 'string' ? { preset: options } : options;
  if (typeof given !== 'object' || given === null) fail('', 'a preset name or an object', options);
  checkOptions('preprocess', given, FIELDS);
  const { preset = 'unit', ...fields } = given;
  if (!PRESET_NAMES.includes(preset)) fail('preset', PRESET_NAMES.join(', '), preset);
  if (input !== undefined) checkPixels('input', input);
  const base = PRESETS[preset];
  const sized = fields.size === undefined && fields.crop === undefined ? fit(base, input) : withoutSize(base, fields);
  const spec = { ...sized, ...defined(fields) };
  check(spec);
  return spec;
}

/** The preset's sizes, adapted to the input of the net. */
function fit(base: PreprocessSpec, input: readonly [number, number] | undefined): PreprocessSpec {
  if (!input) return base;
  if (base.crop === undefined) return { ...base, size: input };
  const [height, width] = pair(base.crop);
  if (height === input[0] && width === input[1]) return base;
  return { ...base, size: Math.round(Math.min(...input) / IMAGENET_CROP), crop: input };
}

/** An explicit size without a crop means: no crop; an explicit crop alone keeps the preset's resize. */
function withoutSize(base: PreprocessSpec, fields: PreprocessFields): PreprocessSpec {
  if (fields.size === undefined) return base;
  const { crop: _crop, resize: _resize, ...rest } = base;
  const keeps = base.resize === 'letterbox' || (typeof fields.size === 'number' && base.resize === 'shorter');
  return { ...rest, resize: keeps ? base.resize : 'stretch' };
}

function defined(fields: PreprocessFields): Partial<PreprocessSpec> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** [height, width] of a size. */
export function pair(size: Size): readonly [number, number] {
  return typeof size === 'number' ? [size, size] : size;
}

/** Where a centre crop starts: `round((full - crop) / 2)` with ties to even, as torchvision rounds. */
export function centreOffset(full: number, crop: number): number {
  const below = Math.floor((full - crop) / 2);
  return (full - crop) % 2 === 0 ? below : below + (below & 1);
}

const FIELDS = optionNames<PreprocessFields>({
  preset: true, size: true, resize: true, fill: true, anchor: true, multiple: true, crop: true, filter: true, mean: true, std: true, scale: true, order: true,
});

/** The spec may come from a file, so nothing about it is taken on trust. */
function check(spec: PreprocessSpec): void {
  if (spec.size !== undefined) checkPixels('size', spec.size);
  if (spec.crop !== undefined) checkPixels('crop', spec.crop);
  oneOf('resize', spec.resize, ['shorter', 'stretch', 'letterbox', undefined]);
  oneOf('anchor', spec.anchor, ['centre', 'start', undefined]);
  if (spec.multiple !== undefined) checkPixels('multiple', spec.multiple);
  if (spec.fill !== undefined && !(spec.fill >= 0 && spec.fill <= 255)) fail('fill', 'a number from 0 to 255', spec.fill);
  if (spec.resize === 'letterbox' && spec.crop !== undefined) fail('crop', 'none where resize is "letterbox"', spec.crop);
  oneOf('filter', spec.filter, ['bilinear', 'bicubic', undefined]);
  oneOf('order', spec.order, ['rgb', 'bgr']);
  if (!Number.isFinite(spec.scale) || spec.scale === 0) fail('scale', 'a finite number other than 0', spec.scale);
  triple('mean', spec.mean, Number.isFinite, 'three finite numbers');
  triple('std', spec.std, (v) => Number.isFinite(v) && v !== 0, 'three finite numbers other than 0');
  if (spec.resize === 'shorter' && spec.size !== undefined && typeof spec.size !== 'number') {
    fail('size', 'one number where resize is "shorter"', spec.size);
  }
}

function checkPixels(name: string, size: Size): void {
  const sides: unknown = typeof size === 'number' ? [size, size] : size;
  const fits = Array.isArray(sides) && sides.length === 2 && sides.every((s) => Number.isInteger(s) && s >= 1 && s <= 65536);
  if (!fits) fail(name, 'a whole number of pixels from 1 to 65536, or [height, width]', size);
}

function triple(name: string, value: unknown, good: (v: number) => boolean, expected: string): void {
  if (!(Array.isArray(value) && value.length === 3 && value.every((v) => typeof v === 'number' && good(v)))) {
    fail(name, expected, value);
  }
}

function oneOf(name: string, value: unknown, allowed: readonly unknown[]): void {
  if (!allowed.includes(value)) fail(name, allowed.filter((a) => a !== undefined).map(String).join(' or '), value);
}

function fail(name: string, expected: string, got: unknown): never {
  const shown = Array.isArray(got) ? showShape(got) : showValue(got);
  wrong(name === '' ? 'preprocess' : `preprocess.${name}`, expected, shown);
}
