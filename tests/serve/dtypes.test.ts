/** Every element type, in JSON and as binary data, through a model that gives back what it takes. */
import { describe, expect, it } from 'vitest';
import { modelBytes } from '../onnx/build.js';
import { binary, post, serving } from './support.js';

/** By name in the protocol: TensorProto.DataType, the array, and values at the ends of the range that JSON can say. */
const TYPES = [
  ['FP32', 1, Float32Array, [0.5, -2.25, 3.4028234663852886e38]],
  ['FP64', 11, Float64Array, [0.1, -1e300, 5e-324]],
  ['INT8', 3, Int8Array, [-128, 0, 127]],
  ['INT16', 5, Int16Array, [-32768, 1, 32767]],
  ['INT32', 6, Int32Array, [-2147483648, 1, 2147483647]],
  ['INT64', 7, BigInt64Array, [-9007199254740991, 1, 9007199254740991]],
  ['UINT8', 2, Uint8Array, [0, 128, 255]],
  ['UINT16', 4, Uint16Array, [0, 1, 65535]],
  ['UINT32', 12, Uint32Array, [0, 1, 4294967295]],
  ['UINT64', 13, BigUint64Array, [0, 1, 9007199254740991]],
  ['BOOL', 9, Uint8Array, [1, 0, 1]],
] as const;

const service = await serving({
  models: TYPES.map(([name, type]) => ({ name, model: modelBytes({ inputs: { x: ['n'] }, types: { x: type }, outputs: ['y'], nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }] }) })),
  size: 1,
});

interface Output {
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data?: readonly (number | boolean)[];
  readonly parameters?: { readonly binary_data_size: number };
}

const isLong = (kind: object): kind is typeof BigInt64Array | typeof BigUint64Array => kind === BigInt64Array || kind === BigUint64Array;

describe.each(TYPES)('%s', (datatype, _, Kind, values) => {
  const path = `/v2/models/${datatype}/infer`;
  const sent = isLong(Kind) ? Kind.from(values.map(BigInt)) : (Kind as typeof Float64Array).from(values);

  it('in JSON', async () => {
    const data = datatype === 'BOOL' ? values.map(Boolean) : values;
    const response = await post(service, path, JSON.stringify({ inputs: [{ name: 'x', shape: [3], datatype, data }] }));
    const { outputs, error } = (await response.json()) as { outputs?: readonly Output[]; error?: string };
    expect([response.status, error, outputs]).toEqual([200, undefined, [{ name: 'y', datatype, shape: [3], data }]]);
  });

  it('as binary data', async () => {
    const [body, headers] = binary({ inputs: [{ name: 'x', shape: [3], datatype, parameters: { binary_data_size: sent.byteLength } }], parameters: { binary_data_output: true } }, sent);
    const response = await post(service, path, body, headers);
    const bytes = new Uint8Array(await response.arrayBuffer());
    const length = Number(response.headers.get('inference-header-content-length'));
    const { outputs } = JSON.parse(new TextDecoder().decode(bytes.subarray(0, length))) as { outputs: readonly Output[] };
    expect(outputs).toEqual([{ name: 'y', datatype, shape: [3], parameters: { binary_data_size: sent.byteLength } }]);
    expect(Buffer.from(bytes.slice(length)).equals(Buffer.from(sent.buffer))).toBe(true);
  });

  it('refuses what it cannot hold, and another type', async () => {
    const [wrong, other] = datatype === 'BOOL' ? [2, 'INT8'] : ['1', 'BOOL'];
    const statuses = [
      await post(service, path, JSON.stringify({ inputs: [{ name: 'x', shape: [1], datatype, data: [wrong] }] })),
      await post(service, path, JSON.stringify({ inputs: [{ name: 'x', shape: [1], datatype: other, data: [1] }] })),
    ].map(({ status }) => status);
    expect(statuses).toEqual([400, 400]);
  });
});

it('whole numbers beyond 2^53 are taken as binary data, and computed as the nearest double', async () => {
  const sent = BigInt64Array.of(2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n);
  const [body, headers] = binary({ inputs: [{ name: 'x', shape: [3], datatype: 'INT64', parameters: { binary_data_size: 24 } }], parameters: { binary_data_output: true } }, sent);
  const response = await post(service, '/v2/models/INT64/infer', body, headers);
  const length = Number(response.headers.get('inference-header-content-length'));
  expect([...new BigInt64Array((await response.arrayBuffer()).slice(length))]).toEqual([2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n]);
});

it.each(['FP16', 'BF16', 'BYTES'])('%s is refused, by a list of the types that there are', async (datatype) => {
  const response = await post(service, '/v2/models/FP32/infer', JSON.stringify({ inputs: [{ name: 'x', shape: [1], datatype, data: [1] }] }));
  expect([response.status, await response.json()]).toEqual([400, { error: expect.stringMatching(/a datatype of FP32, FP64, INT64.*BOOL, got/) as unknown }]);
});
