/** What an ONNX file is made of, and what is in the way of it, as data. */
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ArgumentError, FormatError } from '../../ts/base/errors.js';
import { inspect } from '../../ts/model/inspect.js';
import { modelBytes } from '../onnx/build.js';
import { ModelProtoSchema, StringStringEntryProtoSchema, TensorProto_DataLocation } from '../onnx/proto/onnx_pb.js';

const SPEC = {
  inputs: { x: ['batch', 1, 4, 4] },
  outputs: ['y'],
  weights: { w: [[2, 1, 3, 3], Array<number>(18).fill(1)] },
  nodes: [
    { op: 'Conv', name: 'first', inputs: ['x', 'w'], outputs: ['a'] },
    { op: 'Relu', name: 'bent', inputs: ['a'], outputs: ['b'] },
    { op: 'Swirl', name: 'turned', inputs: ['b'], outputs: ['c'] },
    { op: 'Magic', domain: 'org.example', name: 'theirs', inputs: ['c'], outputs: ['d'] },
    { op: 'Relu', inputs: ['d'], outputs: ['y'] },
  ],
} as const;

describe('inspect', () => {
  it('lists what is in the way, and what the file is made of', async () => {
    expect(await inspect(new Blob([modelBytes(SPEC) as Uint8Array<ArrayBuffer>]))).toEqual({
      producer: '',
      opsets: expect.objectContaining({ 'ai.onnx': 17 }) as unknown,
      inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 1, 4, 4] }],
      outputs: [{ name: 'y', dtype: undefined, shape: undefined }],
      params: 18,
      ops: { Relu: 2, Conv: 1, Swirl: 1, 'org.example.Magic': 1 },
      gaps: [
        { node: 'turned', op: 'Swirl', opset: 17, kind: 'operator', reason: 'no such operator here' },
        { node: 'theirs', op: 'org.example.Magic', opset: expect.any(Number) as unknown, kind: 'domain', reason: 'an operator of a custom domain' },
      ],
      externalData: [],
    });
  });

  it('has no gaps where all can run', async () => {
    const { gaps, ops } = await inspect(modelBytes({ ...SPEC, nodes: SPEC.nodes.slice(0, 2), outputs: ['b'] }));
    expect({ gaps, ops }).toEqual({ gaps: [], ops: { Conv: 1, Relu: 1 } });
  });

  it('does not ask for weights that lie in a file beside, and names it', async () => {
    const model = fromBinary(ModelProtoSchema, modelBytes(SPEC));
    const entry = (key: string, value: string) => create(StringStringEntryProtoSchema, { key, value });
    Object.assign(model.graph!.initializer[0]!, {
      floatData: [], rawData: new Uint8Array(0), dataLocation: TensorProto_DataLocation.EXTERNAL,
      externalData: [entry('location', 'weights.bin'), entry('offset', '0'), entry('length', '72')],
    });
    const { externalData, params, gaps } = await inspect(toBinary(ModelProtoSchema, model));
    expect({ externalData, params, gaps: gaps.length }).toEqual({ externalData: ['weights.bin'], params: 18, gaps: 2 });
  });

  it('says what is no ONNX model', async () => {
    const squeezenet = readFileSync(fileURLToPath(new URL('../../examples/assets/lenet5.safetensors', import.meta.url)));
    await expect(inspect(squeezenet)).rejects.toThrow(FormatError);
    await expect(inspect(squeezenet)).rejects.toThrow(/expected an ONNX model, got another file/);
    await expect(inspect(new Uint8Array([8, 1, 2, 3]))).rejects.toThrow(FormatError);
    await expect(inspect(new Uint8Array(0))).rejects.toThrow(/nothing \(0 bytes\)/);
    await expect(inspect(modelBytes(SPEC), { threads: 1 } as never)).rejects.toThrow(ArgumentError);
    await expect(inspect(7 as never)).rejects.toThrow(ArgumentError);
  });
});
