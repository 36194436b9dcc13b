import { describe, expect, test } from 'vitest';
import { imageInput } from '../../ts/tasks/image-input.js';
import type { Port } from '../../ts/session/inputs.js';
import { UnsupportedError } from '../../ts/base/errors.js';

type Shape = Port['shape'];
const port = (shape: Shape, dtype: Port['dtype'] = 'float32', name = 'x'): Port => ({ name, dtype, shape });

const TAKEN: readonly (readonly [Shape, 'nchw' | 'nhwc', 1 | 3, readonly [number, number] | undefined])[] = [
  [[1, 3, 224, 200], 'nchw', 3, [224, 200]],
  [[null, 3, 224, 200], 'nchw', 3, [224, 200]],
  [[null, 3, null, null], 'nchw', 3, undefined],
  [[1, 3, null, 200], 'nchw', 3, undefined],
  [[null, null, null, null], 'nchw', 3, undefined],
  [[null, null, 64, 64], 'nchw', 3, [64, 64]],
  [[1, 1, 28, 28], 'nchw', 1, [28, 28]],
  [[null, 1, null, null], 'nchw', 1, undefined],
  [[1, 28, 30, 1], 'nhwc', 1, [28, 30]],
  [[1, 224, 200, 3], 'nhwc', 3, [224, 200]],
  [[null, null, null, 3], 'nhwc', 3, undefined],
  [[null, null, null, 1], 'nhwc', 1, undefined],
  [[1, 3, 3, 3], 'nchw', 3, [3, 3]],
  [[1, 3, 32, 3], 'nchw', 3, [32, 3]],
  [[1, 3, 32, 1], 'nchw', 3, [32, 1]],
  [[1, 1, 32, 3], 'nchw', 1, [32, 3]],
  [[1, 1, 32, 1], 'nchw', 1, [32, 1]],
];

const REFUSED: readonly (readonly [string, readonly Port[], RegExp])[] = [
  ['no input', [], /got none; use run\(\)$/],
  ['two inputs', [port([1, 3, 4, 4]), port([1, 2], 'int64', 'sizes')], /x float32 \[1, 3, 4, 4\], sizes int64 \[1, 2\]/],
  ['no map', [port([1, 12])], /x float32 \[1, 12\]/],
  ['no batch, channels last', [port([4, 5, 3])], /x float32 \[4, 5, 3\]/],
  ['four channels', [port([1, 4, 8, 8])], /x float32 \[1, 4, 8, 8\]/],
  ['a batch of eight', [port([8, 3, 4, 4])], /x float32 \[8, 3, 4, 4\]/],
  ['signed bytes', [port([1, 3, 4, 4], 'int8')], /x int8 \[1, 3, 4, 4\]/],
  ['any rank', [{ ...port([]), anyRank: true }], /x float32 \[\]/],
];

describe('the input that classify fills', () => {
  test.each(TAKEN)('%j: %s, %d', (shape, layout, channels, size) => {
    for (const dtype of ['float32', 'uint8'] as const) expect(imageInput([port(shape, dtype)], 'classify')).toEqual({ name: 'x', layout, channels, dtype, size });
  });

  test('an image in no batch', () => {
    expect(imageInput([port([3, 224, 200])], 'detect')).toEqual({ name: 'x', alone: true, layout: 'nchw', channels: 3, dtype: 'float32', size: [224, 200] });
    expect(imageInput([port([1, null, null])], 'detect')).toEqual({ name: 'x', alone: true, layout: 'nchw', channels: 1, dtype: 'float32', size: undefined });
  });

  test.each(REFUSED)('%s: refused', (_, ports, message) => {
    expect(() => imageInput(ports, 'classify')).toThrow(UnsupportedError);
    expect(() => imageInput(ports, 'classify')).toThrow(message);
    expect(() => imageInput(ports, 'classify')).toThrow(/one input \[1, C, H, W\] or \[1, H, W, C\] of 3 channels or 1/);
  });
});
