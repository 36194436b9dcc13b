/** The Open Inference Protocol: what models say of themselves, and answers equal to those of `run`. */
import { gunzipSync, gzipSync, inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { load } from 'receptive/inline';
import { ask, binary, post, serving, squeezenet, SUMS } from './support.js';

interface Output {
  readonly name: string;
  readonly shape: readonly number[];
  readonly datatype: string;
  readonly data?: readonly number[];
  readonly parameters?: { readonly binary_data_size: number };
}

interface Answer {
  readonly model_name: string;
  readonly model_version: string;
  readonly id?: string;
  readonly outputs: readonly Output[];
}

const service = await serving({ models: [{ name: 'sums', model: SUMS }, { name: 'net', version: '3', model: squeezenet }], size: 1 });

const json = async <Body = Answer>(response: Response): Promise<Body> => (await response.json()) as Body;
const input = (name: string, data: unknown, shape: readonly number[] = [2, 3]): object => ({ name, shape, datatype: 'FP32', data });
const A = [1, 2, 3, 4, 5, 6];
const B = [0.5, 0.25, 0.125, -1, -2, -3];

describe('what the service says', () => {
  it('lives, is ready, and names its extensions', async () => {
    expect(await json(await ask(service, '/v2/health/live'))).toEqual({ live: true });
    expect((await ask(service, '/v2/health/ready')).status).toBe(200);
    expect(await json(await ask(service, '/v2'))).toMatchObject({ name: 'receptive', extensions: expect.arrayContaining(['binary_tensor_data']) as unknown });
  });

  it.each(['/v2/models/net', '/v2/models/net/versions/3'])('%s has inputs and outputs', async (path) => {
    expect(await json(await ask(service, path))).toEqual({
      name: 'net', versions: ['3'], platform: 'receptive',
      inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 3, 227, 227] }], outputs: [{ name: 'logits', datatype: 'FP32', shape: [-1, 1000] }],
    });
    expect((await ask(service, `${path}/ready`)).status).toBe(200);
    expect(await json(await ask(service, `${path}/config`))).toMatchObject({ name: 'net', max_batch_size: 0, input: [{ name: 'x', data_type: 'TYPE_FP32', dims: [-1, 3, 227, 227] }] });
  });

  it.each([
    ['/v2/models/nothing', 404], ['/v2/models/net/versions/2', 404], ['/v2/models/nothing/infer', 404], ['/v2/models/..%2f..%2fetc', 404], ['/v2/models/%', 404], ['/other', 404],
  ])('%s is %d, with an error in JSON', async (path, status) => {
    const response = await ask(service, path, path.endsWith('infer') ? { method: 'POST', body: '{}' } : {});
    expect(response.status).toBe(status);
    expect(await json(response)).toEqual({ error: expect.any(String) as unknown });
  });
});

describe('infer', () => {
  it('takes flat and nested lists, and answers what run answers, with the id', async () => {
    const nested = [[B[0], B[1], B[2]], [B[3], B[4], B[5]]];
    const response = await post(service, '/v2/models/sums/infer', JSON.stringify({ id: 'one', inputs: [input('a', A), input('b', nested)] }));
    const sums = A.map((value, i) => value + (B[i] ?? 0));
    expect(await json(response)).toEqual({
      model_name: 'sums', model_version: '1', id: 'one',
      outputs: [
        { name: 'sum', shape: [2, 3], datatype: 'FP32', data: sums },
        { name: 'negative', shape: [2, 3], datatype: 'FP32', data: sums.map((value) => -value) },
      ],
    });
  });

  it('takes binary data and lists in one request, and gives the outputs that are asked for as they are asked for', async () => {
    const [body, headers] = binary(
      { inputs: [input('b', B), { name: 'a', shape: [2, 3], datatype: 'FP32', parameters: { binary_data_size: 24 } }], outputs: [{ name: 'negative', parameters: { binary_data: true } }, { name: 'sum' }] },
      Float32Array.from(A),
    );
    const response = await post(service, '/v2/models/sums/infer', body, headers);
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    const bytes = new Uint8Array(await response.arrayBuffer());
    const length = Number(response.headers.get('inference-header-content-length'));
    const { outputs } = JSON.parse(new TextDecoder().decode(bytes.subarray(0, length))) as Answer;
    const sums = A.map((value, i) => value + (B[i] ?? 0));
    expect(outputs).toEqual([{ name: 'negative', shape: [2, 3], datatype: 'FP32', parameters: { binary_data_size: 24 } }, { name: 'sum', shape: [2, 3], datatype: 'FP32', data: sums }]);
    expect([...new Float32Array(bytes.slice(length).buffer)]).toEqual(sums.map((value) => -value));
  });

  it('answers as run does, bit for bit', async () => {
    const x = Float32Array.from({ length: 3 * 227 * 227 }, (_, i) => Math.sin(i));
    using model = await load(squeezenet);
    const { logits } = model.run(x);
    const [body, headers] = binary({ inputs: [{ name: 'x', shape: [1, 3, 227, 227], datatype: 'FP32', parameters: { binary_data_size: x.byteLength } }], parameters: { binary_data_output: true } }, x);
    const response = await post(service, '/v2/models/net/infer', body, headers);
    const bytes = new Uint8Array(await response.arrayBuffer());
    const length = Number(response.headers.get('inference-header-content-length'));
    expect(new Float32Array(bytes.slice(length).buffer)).toEqual(logits?.data);
    const text = await json(await post(service, '/v2/models/net/infer', JSON.stringify({ inputs: [input('x', [...x], [1, 3, 227, 227])] })));
    expect(Float32Array.from(text.outputs[0]?.data ?? [])).toEqual(logits?.data);
  });

  it('takes and gives gzip and deflate', async () => {
    const rows = 200;
    const request = JSON.stringify({ inputs: [input('a', new Array(rows * 3).fill(1), [rows, 3]), input('b', new Array(rows * 3).fill(2), [rows, 3])], outputs: [{ name: 'sum' }] });
    for (const [packing, unpack] of [['gzip', gunzipSync], ['deflate', inflateSync]] as const) {
      const response = await post(service, '/v2/models/sums/infer', gzipSync(request), { 'content-encoding': 'gzip', 'accept-encoding': packing });
      expect([response.status, response.headers.get('content-encoding')]).toEqual([200, packing]);
      const { outputs } = JSON.parse(unpack(Buffer.from(await response.arrayBuffer())).toString()) as Answer;
      expect(outputs[0]?.data).toEqual(new Array(rows * 3).fill(3));
    }
  });
});
