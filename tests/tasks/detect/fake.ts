/** Models whose outputs a test says, asked about photos as others are. */
import type { PhotoDefaults, PhotoModel } from '../../../ts/tasks/look.js';
import type { Port } from '../../../ts/session/inputs.js';
import type { Runnable } from '../../../ts/session/runnable.js';
import type { AnyTensor, Tensor } from '../../../ts/tensor/tensor.js';
import { openVariant } from '../../golden/engine.js';

export const instance = openVariant('simd');

export type Answer = (x: Tensor) => Readonly<Record<string, AnyTensor>>;

export const floats = (shape: readonly number[], data: ArrayLike<number>): Tensor => ({ dtype: 'float32', shape, data: Float32Array.from(data) });

/** @param shape - of the input */
export function fake(shape: Port['shape'], answer: Answer, defaults: PhotoDefaults = {}): PhotoModel {
  const names = Object.keys(answer(floats([1, 3, 1, 1], [0, 0, 0])));
  const port = (name: string): Port => ({ name, dtype: 'float32', shape: [] });
  const session = {
    inputs: [{ name: 'x', dtype: 'float32', shape }], outputs: names.map(port), run: (inputs: Record<string, Tensor>) => answer(inputs['x']!),
  } as object as Runnable;
  return { instance, session, ...defaults };
}

/** Rows as `yolov10` reads them: corners, score, class. */
export const rows = (boxes: readonly (readonly number[])[]): Answer => () => ({ output: floats([1, boxes.length, 6], boxes.flat()) });

/** Finds in each channel what is brighter than half: the box around it, of the channel's class. */
export const finder: Answer = ({ shape: [, , height = 0, width = 0], data }) => {
  const boxes = [0, 1, 2].map((channel) => {
    let [left, top, right, bottom] = [Infinity, Infinity, 0, 0];
    for (let i = 0; i < height * width; i++) {
      if (!(data[channel * height * width + i]! > 0.5)) continue;
      const [x, y] = [i % width, Math.floor(i / width)];
      [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x + 1), Math.max(bottom, y + 1)];
    }
    return right > 0 ? [left, top, right, bottom, 0.9 - channel / 10, channel] : [0, 0, 0, 0, 0, 0];
  });
  return { output: floats([1, 3, 6], boxes.flat()) };
};

/** A black photo with filled rectangles [left, top, right, bottom, channel]. */
export function photo(width: number, height: number, rectangles: readonly (readonly [number, number, number, number, number])[] = []) {
  const data = new Uint8Array(3 * width * height);
  for (const [left, top, right, bottom, channel] of rectangles) {
    for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) data[3 * (y * width + x) + channel] = 255;
  }
  return { data, width, height, channels: 3 } as const;
}
