/** Trained face detectors that keep channels last, on a face, against ONNX Runtime. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { FormatError, load, WeightsError } from 'receptive';
import type { Tensor } from 'receptive';
import { afterAll, describe, expect, test } from 'vitest';
import { decodeImage } from '../../ts/image/decode.node.js';
import { resize } from '../../ts/image/resize.js';
import type { RgbImage } from '../../ts/image/types.js';
import { ModelProtoSchema, StringStringEntryProtoSchema, TensorProto_DataLocation } from '../../ts/onnx/proto/onnx_pb.js';
import { tensor } from '../../ts/tensor/tensor.js';
import { photoPath } from '../image/expected.js';
import { modelBytes } from './build.js';

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

describe('weights in a file of their own', () => {
  const spec = { inputs: { x: [2] }, outputs: ['y'], nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }], weights: { w: [[2], [1, 2]] as const } };
  const folder = mkdtempSync(join(tmpdir(), 'receptive-onnx-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The model with its one weight said to be at `location`. */
  function apart(location: string): { model: Uint8Array; weights: Uint8Array } {
    const proto = fromBinary(ModelProtoSchema, modelBytes(spec));
    const stored = proto.graph!.initializer[0]!;
    const weights = stored.rawData;
    stored.rawData = new Uint8Array(0);
    stored.dataLocation = TensorProto_DataLocation.EXTERNAL;
    stored.externalData = [create(StringStringEntryProtoSchema, { key: 'location', value: location })];
    return { model: toBinary(ModelProtoSchema, proto), weights };
  }

  test('is found beside the model, or given', async () => {
    const { model, weights } = apart('w.data');
    writeFileSync(join(folder, 'm.onnx'), model);
    writeFileSync(join(folder, 'w.data'), weights);
    for (const loading of [load(join(folder, 'm.onnx')), load(model, { externalData: { 'w.data': weights } })]) {
      const found = await loading;
      expect((await found.run([1, 1]))['y']?.data).toEqual(Float32Array.of(2, 3));
      await found.dispose();
    }
  });

  test.each([
    ['nowhere.data', true, WeightsError, /nowhere.data: .*no such file/],
    ['w.data', false, WeightsError, /w.data: the model keeps weights in this file; give it by the option externalData/],
    ['../w.data', true, FormatError, /expected beside the model, not elsewhere/],
    ['/etc/passwd', true, FormatError, /expected beside the model, not elsewhere/],
    ['C:\\w.data', true, FormatError, /expected beside the model, not elsewhere/],
  ])('%s is refused', async (location, asFile, Class, message) => {
    const { model } = apart(location);
    writeFileSync(join(folder, 'bad.onnx'), model);
    const loading = load(asFile ? join(folder, 'bad.onnx') : model);
    await expect(loading).rejects.toBeInstanceOf(Class);
    await expect(loading).rejects.toThrow(message);
  });

  test('of a large file only what is needed is read, and the answers are the same', async () => {
    // Past 64 MB weights are skipped; twenty million numbers of which each output is the sum of two thousand.
    const [rows, columns] = [2_000, 10_000];
    const data = Float32Array.from({ length: rows * columns }, (_, i) => (i % 7) - 3);
    const proto = fromBinary(ModelProtoSchema, modelBytes({ inputs: { x: [1, rows] }, outputs: ['y'], nodes: [{ op: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] }], weights: { w: [[1], [0]] } }));
    Object.assign(proto.graph!.initializer[0]!, { dims: [BigInt(rows), BigInt(columns)], rawData: new Uint8Array(data.buffer) });
    const file = join(folder, 'large.onnx');
    writeFileSync(file, toBinary(ModelProtoSchema, proto));
    const seen: number[] = [];
    const model = await load(file, { onProgress: (bytes, total) => seen.push(bytes / (total ?? 1)) });
    const { y } = await model.run(new Float32Array(rows).fill(1));
    for (const column of [0, 1, 4_999, 9_999]) {
      const sum = Array.from({ length: rows }, (_, row) => data[row * columns + column]!).reduce((a, b) => a + b, 0);
      expect(y?.data[column]).toBe(sum);
    }
    expect(seen.at(-1)).toBeGreaterThan(0.99);
    await model.dispose();
  });
});
