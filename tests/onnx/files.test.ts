/** Models whose weights are in other files, and files that are too large to be read whole. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { FormatError, IntegrityError, load, WeightsError } from 'receptive';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
    ['w.data', false, WeightsError, /w.data: expected this file, in which the model keeps weights, got none; give it by the option externalData/],
    ['../w.data', true, FormatError, /expected weights beside the model, got a file elsewhere/],
    ['/etc/passwd', true, FormatError, /expected weights beside the model, got a file elsewhere/],
    ['C:\\w.data', true, FormatError, /expected weights beside the model, got a file elsewhere/],
  ])('%s is refused', async (location, asFile, Class, message) => {
    const { model } = apart(location);
    writeFileSync(join(folder, 'bad.onnx'), model);
    const loading = load(asFile ? join(folder, 'bad.onnx') : model);
    await expect(loading).rejects.toBeInstanceOf(Class);
    await expect(loading).rejects.toThrow(message);
  });

  test('of a URL the name is a name, not a way out of the folder', async () => {
    const asked: string[] = [];
    let model = new Uint8Array();
    let weights = new Uint8Array();
    const server = createServer(({ url = '' }, response) => {
      asked.push(url);
      const found = url.startsWith('/a/b/m.onnx') ? model : decodeURIComponent(url) === '/a/b/part 1/#w?.data' ? weights : undefined;
      response.writeHead(found ? 200 : 404).end(found);
    }).listen(0);
    const at = `http://localhost:${(server.address() as AddressInfo).port}/a/b/m.onnx?token=a/b`;
    try {
      ({ model, weights } = apart('part 1/#w?.data') as { model: Uint8Array<ArrayBuffer>; weights: Uint8Array<ArrayBuffer> });
      const loaded = await load(at);
      expect((await loaded.run([1, 1]))['y']?.data).toEqual(Float32Array.of(2, 3));
      await loaded.dispose();
      for (const location of ['%2e%2e/secret', '.\t./secret', '.%2E\\secret']) {
        ({ model } = apart(location) as { model: Uint8Array<ArrayBuffer> });
        await expect(load(at)).rejects.toBeInstanceOf(WeightsError);
      }
      expect(asked.filter((url) => !url.startsWith('/a/b/'))).toEqual([]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  describe('with digests', () => {
    const digest = (bytes: Uint8Array, algorithm = 'sha256') => `${algorithm}-${createHash(algorithm).update(bytes).digest('base64')}`;
    const { model, weights } = apart('w.data');
    const other = Uint8Array.from(weights).reverse();
    const file = join(folder, 'm.onnx');

    beforeAll(() => {
      writeFileSync(file, model);
      writeFileSync(join(folder, 'w.data'), weights);
    });

    test.each([
      ['beside the model', file, {}],
      ['given as bytes', model, { externalData: { 'w.data': weights } }],
      ['given as a path', model, { externalData: { 'w.data': join(folder, 'w.data') } }],
    ])('%s: that file alone is taken', async (_, source, options) => {
      const right = { ...options, integrity: digest(model), externalIntegrity: { 'w.data': `${digest(other)} ${digest(weights)}` } };
      const loaded = await load(source, right);
      expect((await loaded.run([1, 1]))['y']?.data).toEqual(Float32Array.of(2, 3));
      await loaded.dispose();
      const loading = load(source, { ...right, externalIntegrity: { 'w.data': digest(other, 'sha512') } });
      await expect(loading).rejects.toBeInstanceOf(IntegrityError);
      await expect(loading).rejects.toMatchObject({ code: 'integrity', expected: digest(other, 'sha512'), got: digest(weights, 'sha512') });
      await expect(load(source, { ...right, integrity: digest(other) })).rejects.toMatchObject({ code: 'integrity', got: digest(model) });
    });

    test('a file without one is refused', async () => {
      const loading = load(file, { externalIntegrity: { 'v.data': digest(weights) } });
      await expect(loading).rejects.toMatchObject({ code: 'integrity', place: 'w.data', expected: 'a digest of this file, in which the model keeps weights, by the option externalIntegrity' });
      await expect(loading).rejects.toThrow(/w\.data: expected a digest of this file, in which the model keeps weights, by the option externalIntegrity, got digests of v\.data/);
    });

    test.each([[{ 'w.data': 'md5-x' }, 'externalIntegrity.w.data'], [{ 'w.data': 5 }, 'externalIntegrity.w.data'], ['sha256-', 'externalIntegrity'], [[], 'externalIntegrity']])(
      '%o is none',
      async (externalIntegrity, place) => {
        const loading = load(file, { externalIntegrity: externalIntegrity as Record<string, string> });
        await expect(loading).rejects.toMatchObject({ code: 'argument', place });
      },
    );
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
