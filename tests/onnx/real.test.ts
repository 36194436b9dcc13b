/** Trained face detectors that keep channels last, on a face, against ONNX Runtime. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { load } from 'receptive';
import type { Tensor } from 'receptive';
import { describe, expect, test } from 'vitest';
import { decodeImage } from '../../ts/image/decode.node.js';
import { resize } from '../../ts/image/resize.js';
import type { RgbImage } from '../../ts/image/types.js';
import { tensor } from '../../ts/tensor/tensor.js';
import { photoPath } from '../image/expected.js';

interface Samples {
  readonly shape: readonly number[];
  readonly index: readonly number[];
  readonly value: readonly number[];
}

const EXPECTED = JSON.parse(readFileSync(new URL('real/expected.json', import.meta.url), 'utf8')) as Record<string, { readonly input: Samples; readonly outputs: Record<string, Samples> }>;

/** How each net wants its pixels. */
const SCALES: Record<string, (pixel: number) => number> = {
  mtcnn_pnet: (pixel) => (pixel - 127.5) / 128,
  mtcnn_rnet: (pixel) => (pixel - 127.5) / 128,
  blazeface_front: (pixel) => pixel / 127.5 - 1,
};

async function face(): Promise<RgbImage> {
  const { data, width } = await decodeImage(photoPath('astronaut.png'));
  const [left, top, side] = [165, 60, 120];
  const rows = Array.from({ length: side }, (_, y) => data.subarray(((top + y) * width + left) * 3, ((top + y) * width + left + side) * 3));
  return { width: side, height: side, data: Uint8Array.from(rows.flatMap((row) => [...row])) };
}

/** The face in the size of the input; a second row of the batch is its mirror image. */
function inputOf({ shape }: Samples, image: RgbImage, scale: (pixel: number) => number): Tensor {
  const [n = 1, h = 1, w = 1] = shape;
  const { data } = resize(image, w, h);
  const x = Float32Array.from({ length: n * h * w * 3 }, (_, i) => {
    const [channel, column, row, image_] = [i % 3, Math.floor(i / 3) % w, Math.floor(i / (3 * w)) % h, Math.floor(i / (3 * w * h))];
    return scale(data[(row * w + (image_ === 1 ? w - 1 - column : column)) * 3 + channel] ?? 0);
  });
  return tensor(x, shape);
}

function worst({ data }: Tensor, { index, value }: Samples): number {
  return Math.max(...index.map((at, i) => Math.abs((data[at] ?? NaN) - (value[i] ?? NaN))));
}

describe.each(Object.entries(EXPECTED))('%s', (name, { input, outputs }) => {
  test('gives what ONNX Runtime gives', async () => {
    const model = await load(fileURLToPath(new URL(`real/${name}.onnx`, import.meta.url)));
    const x = inputOf(input, await face(), SCALES[name]!);
    expect(worst(x, input)).toBeLessThan(1e-6);
    const results = await model.run(x);
    for (const [output, samples] of Object.entries(outputs)) {
      expect(results[output]?.shape).toEqual(samples.shape);
      const largest = Math.max(...samples.value.map(Math.abs));
      expect(worst(results[output]!, samples)).toBeLessThan(5e-6 * Math.max(1, largest));
    }
    await model.dispose();
  });
});

test('the first of the cascade takes images of any size, from one load', async () => {
  const model = await load(fileURLToPath(new URL('real/mtcnn_pnet.onnx', import.meta.url)));
  for (const [h, w] of [[60, 80], [47, 33], [12, 12]] as const) {
    const results = await model.run(tensor(new Float32Array(h * w * 3), [1, h, w, 3]));
    const cells = [h, w].map((side) => Math.ceil((side - 2) / 2) - 4);
    expect(Object.values(results).map(({ shape }) => shape)).toEqual([[1, ...cells, 4], [1, ...cells, 2]]);
  }
  await model.dispose();
});
