import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ArgumentError, ImageError } from '../../ts/base/errors.js';
import { decodeImage } from '../../ts/image/decode.node.js';
import { preprocess } from '../../ts/image/preprocess.js';
import { centreOffset, preprocessSpec } from '../../ts/image/spec.js';
import type { PreprocessOptions, RgbImage } from '../../ts/image/types.js';
import { expected, photoPath } from './expected.js';

function image(width: number, height: number): RgbImage {
  return { data: Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7) % 256), width, height };
}

describe('preprocess', () => {
  const nets = [
    ['squeezenet1_1', 'caffe', [227, 227]],
    ['mobilenet_v2', 'imagenet', undefined],
  ] as const;
  for (const [net, preset, input] of nets) {
    for (const [photo, want] of Object.entries(expected[net])) {
      it(`${preset} gives the input tensor of ${net} for ${photo}`, async () => {
        const pixels = await decodeImage(photoPath(photo));
        // the samples come from an image whose longer side was rounded (half to even); torchvision, and so the preset, truncates
        const rounded = [256, Math.ceil((256 * pixels.width) / pixels.height - 0.5)] as const;
        const options = preset === 'imagenet' && pixels.width > pixels.height ? { preset, size: rounded, crop: 224 } : preset;
        const got = preprocess(pixels, options, input);
        expect(got.shape).toEqual(want.input.shape);
        expect(want.input.index.length).toBe(256);
        const worst = Math.max(...want.input.index.map((at, i) => Math.abs(got.data[at]! - want.input.value[i]!)));
        // nothing but f32 rounding may differ: one grey level would be 0.017 or more
        if (!(worst <= 1e-5)) throw new Error(`largest difference ${worst}`);
      });
    }
  }

  it('tf and unit are x / 127.5 - 1 and x / 255, RGB, planar', () => {
    const tiny = { data: Uint8Array.of(0, 51, 255, 102, 204, 5), width: 2, height: 1 };
    const plane = (options: PreprocessOptions): number[] => Array.from(preprocess(tiny, options).data);
    const rgb = [0, 102, 51, 204, 255, 5];
    expect(plane('unit')).toEqual(rgb.map((v) => Math.fround(v / 255)));
    plane('tf').forEach((v, i) => expect(v).toBeCloseTo(rgb[i]! / 127.5 - 1, 6));
    expect(plane({ order: 'bgr', scale: 1 })).toEqual([255, 5, 51, 204, 0, 102]);
    expect(plane({ scale: 1, mean: [1, 2, 3], std: [2, 4, 8] })).toEqual([-0.5, 50.5, 12.25, 50.5, 31.5, 0.25]);
  });

  it('sizes the shorter side as torchvision does: the longer one is truncated', () => {
    const shape = (w: number, h: number, size: number): readonly number[] =>
      preprocess(image(w, h), { size, resize: 'shorter' }).shape;
    expect(shape(451, 300, 256)).toEqual([1, 3, 256, 384]);
    expect(shape(300, 451, 256)).toEqual([1, 3, 384, 256]);
    expect(shape(10, 10, 7)).toEqual([1, 3, 7, 7]);
  });

  it('crops where torchvision does: half a pixel goes to the even side', () => {
    const wide = image(6, 4);
    const got = preprocess(wide, { crop: [1, 3], scale: 1 });
    expect(got.shape).toEqual([1, 3, 1, 3]);
    expect(Array.from(got.data.subarray(0, 3))).toEqual([2, 3, 4].map((x) => wide.data[(2 * 6 + x) * 3]!));
    const offsets = [[259, 18], [263, 20], [257, 16], [256, 16], [258, 17], [224, 0], [225, 0], [227, 2]] as const;
    for (const [full, offset] of offsets) expect([full, centreOffset(full, 224)]).toEqual([full, offset]);
  });

  it('fits a preset to the input of the net unless sizes are given', () => {
    expect(preprocessSpec('caffe', [227, 300])).toMatchObject({ size: [227, 300], resize: 'stretch', order: 'bgr' });
    expect(preprocessSpec('imagenet', [224, 224])).toMatchObject({ size: 256, crop: 224 });
    expect(preprocessSpec('imagenet', [299, 299])).toMatchObject({ size: 342, crop: [299, 299] });
    expect(preprocessSpec({ preset: 'imagenet', size: 300, crop: 299 }, [1, 1])).toMatchObject({ size: 300, crop: 299 });
    expect(preprocessSpec({ preset: 'imagenet', size: [50, 60] }).crop).toBeUndefined();
    expect(preprocessSpec({ preset: 'tf', mean: undefined }).mean).toEqual([1, 1, 1]);
  });

  it('refuses a spec with NaN, zero or nonsense, naming the field', () => {
    const bad: [unknown, RegExp][] = [
      [{ mean: [0, NaN, 0] }, /preprocess\.mean/],
      [{ mean: [0, 0] }, /preprocess\.mean/],
      [{ std: [1, 0, 1] }, /preprocess\.std: expected three finite numbers other than 0, got \[1, 0, 1\]/],
      [{ std: [1, 1, Infinity] }, /preprocess\.std/],
      [{ scale: NaN }, /preprocess\.scale/],
      [{ scale: 0 }, /preprocess\.scale/],
      [{ size: 0 }, /preprocess\.size/],
      [{ size: [3] }, /preprocess\.size/],
      [{ size: NaN }, /preprocess\.size/],
      [{ size: [3, 4], resize: 'shorter' }, /preprocess\.size/],
      [{ crop: -1 }, /preprocess\.crop/],
      [{ crop: 5 }, /preprocess\.crop: expected at most 4 x 4, the size of the image, got 5 x 5/],
      [{ order: 'grb' }, /preprocess\.order/],
      [{ filter: 'lanczos' }, /preprocess\.filter/],
      [{ resize: 'pad' }, /preprocess\.resize/],
      [{ means: [0, 0, 0] }, /preprocess: expected an option it has, got means; did you mean mean\?/],
      ['resnet', /imagenet, caffe, tf, unit, letterbox, got "resnet"/],
      ['constructor', /got "constructor"/],
      [null, /got null/],
    ];
    for (const [spec, message] of bad) {
      const act = (): unknown => preprocess(image(4, 4), spec as PreprocessOptions);
      expect(act).toThrow(message);
      expect(act).toThrow(ArgumentError);
    }
    expect(() => preprocess({ data: new Uint8Array(0), width: 0, height: 3 }, 'unit')).toThrow(ImageError);
  });

  it('the committed expectations name six photos that exist', () => {
    const names = Object.keys(expected.squeezenet1_1);
    expect(names.length).toBe(6);
    for (const name of names) expect(readFileSync(photoPath(name)).length).toBeGreaterThan(100_000);
  });
});
