/** The built service, asked in this process, and models for it. */
import { afterAll, expect } from 'vitest';
import type * as Serve from '../../ts/entries/serve.js';
import { modelBytes } from '../onnx/build.js';
import { dist, library } from '../support/models.js';

export const { createService, listen, nodeListener } = (await import(dist('node/serve.js'))) as typeof Serve;

/** Two inputs and two outputs of several types: sums of [n, 3], and their negatives. */
export const SUMS = modelBytes({
  inputs: { a: ['n', 3], b: ['n', 3] },
  outputs: ['sum', 'negative'],
  nodes: [
    { op: 'Add', inputs: ['a', 'b'], outputs: ['sum'] },
    { op: 'Neg', inputs: ['sum'], outputs: ['negative'] },
  ],
});

export const squeezenet = 'examples/assets/squeezenet1_1.safetensors';

const running: Serve.Service[] = [];
afterAll(() => Promise.all(running.map((service) => service.close({ grace: 0 }))));

/** A service that ends with the file of tests. */
export async function serving(options: Serve.ServiceOptions): Promise<Serve.Service> {
  const service = await createService(options);
  running.push(service);
  return service;
}

export const ask = (service: Serve.Service, path: string, init?: RequestInit): Promise<Response> => service.fetch(new Request(`http://service.test${path}`, init));

export const post = (service: Serve.Service, path: string, body: BodyInit, headers: Record<string, string> = {}): Promise<Response> =>
  ask(service, path, { method: 'POST', body, headers });

/** A body of JSON and of tensors behind it, with its header. */
export function binary(request: object, ...tensors: readonly ArrayBufferView[]): readonly [body: Uint8Array<ArrayBuffer>, headers: Record<string, string>] {
  const json = new TextEncoder().encode(JSON.stringify(request));
  const bytes = tensors.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength));
  return [new Uint8Array(Buffer.concat([json, ...bytes])), { 'inference-header-content-length': String(json.byteLength) }];
}

const { conv2d, graph, input, sequential, tensor } = library;
const [CHANNELS, SIDE] = [256, 48];
const x = input([1, CHANNELS, SIDE, SIDE]);

/** A convolution that takes far longer than a request's own part: a tenth of a second on a machine with nothing else to do. */
export const SLOW: Serve.ServiceModel = {
  name: 'slow',
  model: graph({ x }, { y: sequential({ conv: conv2d(CHANNELS, CHANNELS, 3, { padding: 1 }) })(x) }),
  options: { weights: { 'conv.weight': tensor(new Float32Array(CHANNELS * CHANNELS * 9).fill(0.01), [CHANNELS, CHANNELS, 3, 3]), 'conv.bias': tensor(new Float32Array(CHANNELS)) }, algorithm: 'packed', variant: 'simd' },
};

/** A request that the slow model answers. */
export const slowBody = (parameters: object = {}): ReturnType<typeof binary> => {
  const values = new Float32Array(CHANNELS * SIDE * SIDE).fill(1);
  return binary({ inputs: [{ name: 'x', shape: [1, CHANNELS, SIDE, SIDE], datatype: 'FP32', parameters: { binary_data_size: values.byteLength } }], parameters: { binary_data_output: true, ...parameters } }, values);
};

export const askSlow = (service: Serve.Service, parameters?: object): Promise<Response> => post(service, '/v2/models/slow/infer', ...slowBody(parameters));

/** A request that the model of sums answers, with the sums. */
export const SUMS_BODY = JSON.stringify({ inputs: [{ name: 'a', shape: [1, 3], datatype: 'FP32', data: [1, 2, 3] }, { name: 'b', shape: [1, 3], datatype: 'FP32', data: [1, 1, 1] }] });

export async function expectSums(service: Serve.Service): Promise<void> {
  const response = await post(service, '/v2/models/sums/infer', SUMS_BODY);
  const { outputs } = (await response.json()) as { outputs?: readonly { data: readonly number[] }[] };
  expect([response.status, outputs?.[0]?.data]).toEqual([200, [2, 3, 4]]);
}
