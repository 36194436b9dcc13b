/** Models whose weights are in other files, and files that are too large to be read whole. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { FormatError, load, WeightsError } from 'receptive';
import { afterAll, describe, expect, test } from 'vitest';
import { ModelProtoSchema, StringStringEntryProtoSchema, TensorProto_DataLocation } from './proto/onnx_pb.js';
import { modelBytes } from './build.js';

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
