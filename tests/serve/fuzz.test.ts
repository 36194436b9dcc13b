/** A thousand bad requests, by seed: each has the status of a refusal, in JSON, and the service answers as before. */
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { ask, expectSums, serving, squeezenet, SUMS, SUMS_BODY } from './support.js';

const COUNT = 1000;
const service = await serving({ models: [{ name: 'sums', model: SUMS }, { name: 'net', model: squeezenet }], size: 1, maxBody: 50_000, timeout: 20_000 });

interface Bad {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array<ArrayBuffer> | undefined;
}

type Draw = (count: number) => number;

/** Whole numbers below a count: mulberry32 of the seed. */
function drawFrom(seed: number): Draw {
  let state = seed;
  return (count) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % count;
  };
}

const pick = <Item>(draw: Draw, items: readonly Item[]): Item => items[draw(items.length)]!;
const bytes = (draw: Draw, count: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length: count }, () => draw(256));
const text = (value: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(value);

/** Values where others are expected, some of them deep or large. */
const ODD = [null, true, -1, 0, 1e308, 2 ** 53, '', 'x', '__proto__', [], {}, [[[[]]]], [null], '\u0000', 'FP16', 'BYTES', [-1, 3], [1e9, 1e9, 1e9], [2 ** 52, 3], [0.5], ['2', '3'], new Array(100).fill(1), { data: [1] }];

/** A field of a good request is replaced, left out or doubled. */
function oddJson(draw: Draw): Uint8Array<ArrayBuffer> {
  const request = JSON.parse(SUMS_BODY) as { inputs: Record<string, unknown>[] } & Record<string, unknown>;
  const input = pick(draw, request.inputs);
  const spoil = (target: Record<string, unknown>, keys: readonly string[]): void => void (target[pick(draw, keys)] = pick(draw, ODD));
  const ways = [
    () => spoil(input, ['name', 'datatype', 'shape', 'data']), () => void delete input[pick(draw, ['name', 'datatype', 'shape', 'data'])],
    () => void (request['inputs'] = pick(draw, ODD.filter((value) => value !== undefined)) as never), () => void request.inputs.push(input),
    () => void (input['parameters'] = { binary_data_size: pick(draw, ODD) }), () => void (request['outputs'] = pick(draw, [[{ name: 'none' }], 5, [5], [{}], [{ name: 'sum', parameters: 5 }], [{ name: 'sum', parameters: { classification: 3 } }]])),
    () => void (request['parameters'] = pick(draw, [5, [1], { binary_data_output: 'yes' }, { timeout: 'x' }, { timeout: -5 }, { sequence_id: 7 }])), () => void (request['id'] = pick(draw, [5, {}, []])),
  ];
  pick(draw, ways)();
  return text(JSON.stringify(request));
}

/** A good request that is cut, or of which a byte is another, so that it is no JSON. */
function brokenJson(draw: Draw): Uint8Array<ArrayBuffer> {
  const good = text(SUMS_BODY);
  return draw(2) === 0 ? good.slice(0, draw(good.length)) : text(SUMS_BODY.replace(/[{}[\]]/, pick(draw, ['(', ',', '\u0001', '"'])));
}

function badInfer(draw: Draw): Bad {
  const path = '/v2/models/sums/infer';
  const length = { 'inference-header-content-length': pick(draw, ['-1', '1e9', 'x', '99999999', String(SUMS_BODY.length + 1), '', ' ', '3']) };
  const ways: readonly (() => Pick<Bad, 'headers' | 'body'>)[] = [
    () => ({ headers: {}, body: oddJson(draw) }), () => ({ headers: {}, body: brokenJson(draw) }), () => ({ headers: {}, body: bytes(draw, draw(300)) }),
    () => ({ headers: length, body: text(SUMS_BODY) }), () => ({ headers: {}, body: text('['.repeat(20_000)) }), () => ({ headers: {}, body: text(SUMS_BODY + 'x') }),
    () => ({ headers: { 'content-encoding': pick(draw, ['gzip', 'deflate', 'br', 'gzip, gzip', 'x', '__proto__']) }, body: text(SUMS_BODY) }),
    () => ({ headers: { 'content-encoding': 'gzip' }, body: new Uint8Array(gzipSync(Buffer.alloc(draw(2) === 0 ? 60_000 : 10))) }), () => ({ headers: {}, body: new Uint8Array(50_001) }),
    () => ({ headers: { 'content-length': '99999999' }, body: text(SUMS_BODY) }),
  ];
  return { method: 'POST', path, ...pick(draw, ways)() };
}

function badPhoto(draw: Draw): Bad {
  const path = `/${pick(draw, ['classify', 'detect', 'segment', 'embed'])}${pick(draw, ['', '?topK=0x', '?model=__proto__', '?version=1', '?exact=maybe', '?%=%', '?score=NaN', '?model=net&version=9'])}`;
  const boundary = 'xYx';
  const forms = [`--${boundary}\r\n`, `--${boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\n`, `--${boundary}\r\nContent-Disposition: form-data; name="a"; filename="../../x"\r\n\r\nwords\r\n--${boundary}--\r\n`, 'x', `--${boundary}--`];
  const magic = [[0xff, 0xd8, 0xff, 0xe0], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], [0x42, 0x4d], [0x47, 0x49, 0x46, 0x38, 0x39, 0x61], [0x52, 0x49, 0x46, 0x46]];
  const ways: readonly (() => Pick<Bad, 'headers' | 'body'>)[] = [
    () => ({ headers: {}, body: bytes(draw, draw(500)) }), () => ({ headers: {}, body: Uint8Array.from([...pick(draw, magic), ...bytes(draw, draw(500))]) }),
    () => ({ headers: { 'content-type': `multipart/form-data; boundary=${boundary}` }, body: text(pick(draw, forms)) }), () => ({ headers: { 'content-type': pick(draw, ['multipart/form-data', 'multipart/form-data; boundary=', 'multipart/form-data; boundary="']) }, body: text(pick(draw, forms)) }),
    () => ({ headers: { 'content-type': 'application/json' }, body: text(JSON.stringify({ image: pick(draw, [...ODD, 'file:///etc/passwd', 'http://127.0.0.1/', 'data:image/png;base64,AAAA', 'AAAA', '/etc/passwd']) })) }),
    () => ({ headers: { 'content-type': 'application/json' }, body: brokenJson(draw) }), () => ({ headers: {}, body: undefined }),
  ];
  return { method: 'POST', path, ...pick(draw, ways)() };
}

function badPath(draw: Draw): Bad {
  const names = ['..', '%2e%2e', '%00', '%', 'constructor', '__proto__', 'sums/versions/0', 'sums/versions/-1', 'sums/versions/1e0', 'a'.repeat(3000), '%F0%9F', 'sums%2f..%2fnet', 'sums/infer/infer'];
  const tails = ['', '/ready', '/config', '/stats', '/infer'];
  const repository = ['/v2/repository/models/sums/load', '/v2/repository/models/../load', '/v2/repository/models/sums/unload', '/v2/repository/models/%2fetc%2fpasswd/load'];
  if (draw(4) === 0) return { method: 'POST', path: pick(draw, repository), headers: {}, body: text(pick(draw, ['', '{}', '[]', 'x', '{"parameters":{"file:x":"AAAA"}}'])) };
  const tail = pick(draw, tails);
  return { method: tail === '/infer' ? 'POST' : pick(draw, ['GET', 'PUT', 'DELETE', 'PATCH', 'BREW']), path: `/v2/models/${pick(draw, names)}${tail}`, headers: { 'x-request-id': 'x'.repeat(draw(1000)), prefer: pick(draw, ['wait=99999999', 'wait=-1', 'wait=x', '']), authorization: 'Bearer x' }, body: tail === '/infer' ? text(SUMS_BODY) : undefined };
}

it(`${COUNT} of them`, async () => {
  const statuses = new Map<number, number>();
  for (let seed = 0; seed < COUNT; seed++) {
    const draw = drawFrom(seed);
    const { method, path, headers, body } = pick(draw, [badInfer, badInfer, badPhoto, badPath])(draw);
    const response = await ask(service, path, { method, headers, ...(body && method !== 'GET' && { body }) });
    const answer: unknown = await response.json().catch(() => 'no JSON');
    const about = `seed ${seed}: ${method} ${path.slice(0, 80)}`;
    expect([about, answer]).toEqual([about, { error: expect.any(String) as unknown }]);
    expect([400, 403, 404, 413, 415], about).toContain(response.status);
    expect((answer as { error: string }).error.length, about).toBeLessThan(510);
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
    if (seed % 100 === 0) await expectSums(service);
  }
  await expectSums(service);
  expect([...statuses.keys()].sort()).toEqual([400, 403, 404, 413, 415]);
  expect(statuses.get(400)).toBeGreaterThan(300);
});
