import { describe, expect, it } from 'vitest';
import { preprocess } from '../../ts/image/preprocess.js';
import { preprocessFor } from '../../ts/image/preprocess-for.js';
import type { PixelTarget } from '../../ts/image/preprocess-for.js';
import type { PreprocessOptions, RgbImage } from '../../ts/image/types.js';

/** Colours, and what convert('L') of Pillow 13.0 makes of them. */
const LUMA: readonly (readonly [colour: readonly [number, number, number], grey: number])[] = [
  [[255, 0, 0], 76], [[0, 255, 0], 150], [[0, 0, 255], 29], [[255, 255, 255], 255], [[0, 0, 0], 0],
  [[1, 2, 3], 2], [[200, 100, 50], 124], [[13, 250, 77], 159], [[77, 3, 201], 48],
];
const COLOURS: RgbImage = { data: Uint8Array.from(LUMA.flatMap(([colour]) => colour)), width: 3, height: 3 };
const greys = LUMA.map(([, grey]) => grey);
const target = (fields: Partial<PixelTarget>): PixelTarget => ({ layout: 'nchw', channels: 3, dtype: 'float32', size: undefined, ...fields });
const convert = (options: PreprocessOptions, fields: Partial<PixelTarget>) => preprocessFor(COLOURS, options, target(fields));

describe('preprocessFor', () => {
  it('is preprocess where the input is float32 [1, 3, H, W]', () => {
    for (const options of ['tf', 'caffe', { scale: 1, mean: [1, 2, 3] }] as const) expect(convert(options, {})).toEqual(preprocess(COLOURS, options));
    const sized = target({ size: [7, 7] });
    expect(preprocessFor(COLOURS, 'imagenet', sized)).toEqual(preprocess(COLOURS, 'imagenet', [7, 7]));
  });

  it('puts channels last', () => {
    const x = convert('unit', { layout: 'nhwc' });
    expect(x.shape).toEqual([1, 3, 3, 3]);
    expect([...x.data]).toEqual([...COLOURS.data].map((v) => Math.fround(v / 255)));
    const wide = preprocessFor({ ...COLOURS, width: 9, height: 1 }, 'caffe', target({ layout: 'nhwc' }));
    expect(wide.shape).toEqual([1, 1, 9, 3]);
    LUMA.forEach(([[r, g, b]], i) => [b - 104.006, g - 116.669, r - 122.679].forEach((v, c) => expect(wide.data[3 * i + c]).toBeCloseTo(v, 4)));
  });

  it('makes grey as Pillow does', () => {
    for (const layout of ['nchw', 'nhwc'] as const) {
      const x = convert('unit', { channels: 1, layout });
      expect(x.shape).toEqual(layout === 'nchw' ? [1, 1, 3, 3] : [1, 3, 3, 1]);
      expect([...x.data]).toEqual(greys.map((v) => Math.fround(v / 255)));
      expect(convert('caffe', { channels: 1, layout, dtype: 'uint8' })).toMatchObject({ dtype: 'uint8', data: Uint8Array.from(greys) });
    }
    expect([...convert({ scale: 1, order: 'bgr' }, { channels: 1 }).data]).toEqual(greys);
  });

  it('normalises grey by the averages', () => {
    expect([...convert({ scale: 1, mean: [10, 20, 60], std: [1, 2, 3] }, { channels: 1 }).data]).toEqual(greys.map((v) => (v - 30) / 2));
    convert('tf', { channels: 1 }).data.forEach((v, i) => expect(v).toBeCloseTo(greys[i]! / 127.5 - 1, 6));
  });

  it('gives bytes as they are, in the order of the options', () => {
    const planes = (order: readonly number[]): number[] => order.flatMap((c) => LUMA.map(([colour]) => colour[c]!));
    for (const preset of ['tf', 'unit'] as const) expect(convert(preset, { dtype: 'uint8' })).toEqual({ dtype: 'uint8', shape: [1, 3, 3, 3], data: Uint8Array.from(planes([0, 1, 2])) });
    expect(convert('caffe', { dtype: 'uint8' }).data).toEqual(Uint8Array.from(planes([2, 1, 0])));
    expect(convert('unit', { dtype: 'uint8', layout: 'nhwc' }).data).toEqual(COLOURS.data);
  });

  it('resizes and crops as the options say', () => {
    const options = { size: 8, resize: 'shorter', crop: [4, 6] } as const;
    const colours = preprocess(COLOURS, { ...options, scale: 1 });
    expect([...convert(options, { dtype: 'uint8' }).data]).toEqual([...colours.data]);
    expect(convert(options, { channels: 1, layout: 'nhwc' }).shape).toEqual([1, 4, 6, 1]);
    expect(preprocessFor(COLOURS, 'imagenet', target({ channels: 1, size: [28, 28] })).shape).toEqual([1, 1, 28, 28]);
    expect(preprocessFor(COLOURS, 'unit', target({ dtype: 'uint8', layout: 'nhwc', size: [5, 7] })).shape).toEqual([1, 5, 7, 3]);
  });
});
