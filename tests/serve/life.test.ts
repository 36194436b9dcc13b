/** Models come and go while requests are answered: from a repository, by the death of a worker, and at the end. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type * as Serve from '../../ts/entries/serve.js';
import { modelBytes } from '../onnx/build.js';
import { computing, started } from '../support/models.js';
import { ask, askSlow, expectSums, post, serving, SLOW, SUMS, SUMS_BODY, squeezenet } from './support.js';

const folder = mkdtempSync(join(tmpdir(), 'receptive-repository-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As the sums, but their products. */
const PRODUCTS = modelBytes({ inputs: { a: ['n', 3], b: ['n', 3] }, outputs: ['sum'], nodes: [{ op: 'Mul', inputs: ['a', 'b'], outputs: ['sum'] }] });

function put(name: string, version: string, bytes: Uint8Array): void {
  mkdirSync(join(folder, name, version), { recursive: true });
  writeFileSync(join(folder, name, version, 'model.onnx'), bytes);
}

async function answered(service: Serve.Service): Promise<readonly [version: string, data: readonly number[]]> {
  const { model_version: version, outputs } = (await (await post(service, '/v2/models/sums/infer', SUMS_BODY)).json()) as { model_version: string; outputs: readonly { data: readonly number[] }[] };
  return [version, outputs[0]?.data ?? []];
}

const indexOf = async (service: Serve.Service): Promise<unknown> => (await post(service, '/v2/repository/index', '{}')).json();

describe('a repository', () => {
  it('is read, its highest versions are served, and clients load and unload where they may', async () => {
    put('sums', '1', SUMS);
    put('.hidden', '1', SUMS);
    mkdirSync(join(folder, 'net', '7'), { recursive: true });
    copyFileSync(squeezenet, join(folder, 'net', '7', 'model.safetensors'));
    const service = await serving({ repository: folder, control: true, size: 1 });
    expect(await indexOf(service)).toEqual([{ name: 'net', version: '7', state: 'READY', reason: '' }, { name: 'sums', version: '1', state: 'READY', reason: '' }]);
    put('sums', '10', PRODUCTS);
    expect(await answered(service)).toEqual(['1', [2, 3, 4]]);
    expect((await post(service, '/v2/repository/models/sums/load', '')).status).toBe(200);
    expect(await answered(service)).toEqual(['10', [1, 2, 3]]);
    expect((await ask(service, '/v2/models/sums/versions/1')).status).toBe(404);
    expect((await post(service, '/v2/repository/models/sums/unload', '{}')).status).toBe(200);
    expect((await post(service, '/v2/models/sums/infer', SUMS_BODY)).status).toBe(503);
    expect((await ask(service, '/v2/models/sums/ready')).status).toBe(503);
    expect(await indexOf(service)).toContainEqual({ name: 'sums', version: '10', state: 'UNAVAILABLE', reason: '' });
    put('sums', '11', new Uint8Array(10));
    const failed = await post(service, '/v2/repository/models/sums/load', '');
    expect(failed.status).toBe(500);
    expect(await failed.text()).not.toContain(folder);
    const listed = JSON.stringify(await indexOf(service));
    expect(listed).toMatch(/could not be loaded/);
    expect(listed).not.toContain(folder);
    put('sums', '11', SUMS);
    expect((await post(service, '/v2/repository/models/sums/load', '')).status).toBe(200);
    expect(await answered(service)).toEqual(['11', [2, 3, 4]]);
    expect((await post(service, `/v2/repository/models/${encodeURIComponent('../sums')}/load`, '')).status).toBe(404);
    expect((await post(service, '/v2/repository/models/sums/load', JSON.stringify({ parameters: { 'file:1/model.onnx': 'AAAA' } }))).status).toBe(400);
  });

  it('is left alone unless control says otherwise', async () => {
    const service = await serving({ models: [{ name: 'sums', model: SUMS }], size: 1 });
    for (const what of ['load', 'unload']) expect((await post(service, `/v2/repository/models/sums/${what}`, '')).status).toBe(403);
    await expectSums(service);
  });

  it('loads again without losing a request', async () => {
    const service = await serving({ models: [{ name: 'sums', model: SUMS }], control: true, size: 1, maxQueue: 1000 });
    let over = false;
    const statuses: number[] = [];
    const asking = (async () => {
      while (!over) statuses.push(...(await Promise.all(Array.from({ length: 8 }, () => post(service, '/v2/models/sums/infer', SUMS_BODY)))).map(({ status }) => status));
    })();
    try {
      for (let i = 0; i < 3; i++) expect((await post(service, '/v2/repository/models/sums/load', '')).status).toBe(200);
    } finally {
      over = true;
      await asking;
    }
    expect(statuses.length).toBeGreaterThan(8);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
  });

  it('answers a request whose body arrives while its model is replaced', async () => {
    const service = await serving({ models: [{ name: 'sums', model: SUMS }], control: true, size: 1 });
    let finish: () => void = () => undefined;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        finish = () => {
          controller.enqueue(new TextEncoder().encode(SUMS_BODY));
          controller.close();
        };
      },
    });
    const asked = service.fetch(new Request('http://service.test/v2/models/sums/infer', { method: 'POST', body, duplex: 'half' } as RequestInit));
    expect((await post(service, '/v2/repository/models/sums/load', '')).status).toBe(200);
    finish();
    expect((await asked).status).toBe(200);
  });
});

it('the death of a worker costs no request', async () => {
  const service = await serving({ models: [SLOW], size: 1 });
  const worker = started.at(-1);
  const asked = askSlow(service);
  await computing(worker);
  void worker?.terminate();
  expect((await asked).status).toBe(200);
  expect(await (await ask(service, '/metrics')).text()).toMatch(/receptive_workers_replaced\{model="slow",version="1"\} 1/);
});

describe('the end', () => {
  it('comes when what was asked before is answered; what is asked later is not', async () => {
    const service = await serving({ models: [SLOW], size: 1 });
    const asked = [askSlow(service), askSlow(service)];
    await new Promise((resolve) => setTimeout(resolve, 20));
    const closed = service.close({ grace: 60_000 });
    expect(service.ready).toBe(false);
    expect((await ask(service, '/v2/health/ready')).status).toBe(503);
    expect((await ask(service, '/v2/health/live')).status).toBe(200);
    expect((await askSlow(service)).status).toBe(503);
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200]);
    await closed;
    expect(service.pending).toBe(0);
  });

  it('does not wait longer than its grace', async () => {
    const service = await serving({ models: [SLOW], size: 1, maxQueue: 100 });
    const asked = Array.from({ length: 50 }, () => askSlow(service));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await service.close({ grace: 10 });
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 503).length).toBeGreaterThan(40);
  });
});
