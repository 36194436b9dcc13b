/** The built service, asked in this process, and models for it. */
import { afterAll } from 'vitest';
import type * as Serve from '../../ts/entries/serve.js';
import { modelBytes } from '../onnx/build.js';
import { dist } from '../support/models.js';

export const { createService } = (await import(dist('node/serve.js'))) as typeof Serve;

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
