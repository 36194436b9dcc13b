/** What is refused: bodies and photos that are too large, requests past their time or beyond what may wait, clients without a token. */
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ask, askSlow, createService, expectSums, post, serving, SLOW, SUMS, SUMS_BODY, squeezenet } from './support.js';

const sums = { name: 'sums', model: SUMS };
const INFER = '/v2/models/sums/infer';

async function refused(response: Response): Promise<readonly [status: number, error: string]> {
  const { error } = (await response.json()) as { error: string };
  return [response.status, error];
}

describe('bodies', async () => {
  const service = await serving({ models: [sums, { name: 'net', model: squeezenet }], size: 1, maxBody: 100_000, maxPixels: 1_000_000 });
  const zeros = Buffer.alloc(200_000);

  it('are refused past the limit, as they come and as what they unpack to', async () => {
    const stream = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new Uint8Array(1000)) });
    const endless = new Request(`http://service.test${INFER}`, { method: 'POST', body: stream, duplex: 'half' } as RequestInit);
    const responses = [
      await post(service, INFER, zeros), await service.fetch(endless),
      await post(service, INFER, gzipSync(zeros), { 'content-encoding': 'gzip' }), await post(service, INFER, deflateSync(zeros), { 'content-encoding': 'deflate' }),
    ];
    for (const response of responses) expect(await refused(response)).toEqual([413, expect.stringMatching(/at most 100000 bytes/)]);
    await expectSums(service);
  });

  it('are refused where they are not packed as they say, or in another way', async () => {
    expect(await refused(await post(service, INFER, 'words', { 'content-encoding': 'gzip' }))).toEqual([400, expect.stringMatching(/Content-Encoding/)]);
    expect(await refused(await post(service, INFER, gzipSync(SUMS_BODY).subarray(0, 20), { 'content-encoding': 'gzip' }))).toEqual([400, expect.stringMatching(/Content-Encoding/)]);
    expect(await refused(await post(service, INFER, 'x', { 'content-encoding': 'br' }))).toEqual([415, expect.stringMatching(/gzip, deflate/)]);
  });

  it('photos that announce more pixels are refused before they are decoded', async () => {
    // No pixels follow the header, so that only who decodes nothing knows the size.
    const bomb = Buffer.from('89504e470d0a1a0a0000000d4948445200003e8000003e800802000000deadbeef', 'hex');
    expect(await refused(await post(service, '/classify', bomb))).toEqual([400, expect.stringMatching(/at most 1000000 pixels, got 16000 x 16000/)]);
  });

  it('are held only so many at the same time', async () => {
    const narrow = await serving({ models: [sums], size: 1, maxBody: 1000, maxHeld: 1500 });
    let finish: (() => void) | undefined;
    const padded = new TextEncoder().encode(SUMS_BODY + ' '.repeat(900 - SUMS_BODY.length));
    const slow = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(padded);
        finish = () => controller.close();
      },
    });
    const first = narrow.fetch(new Request(`http://service.test${INFER}`, { method: 'POST', body: slow, duplex: 'half' } as RequestInit));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const second = await post(narrow, INFER, padded);
    expect(second.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await refused(second)).toEqual([503, expect.stringMatching(/1500 bytes/)]);
    finish?.();
    expect((await first).status).toBe(200);
  });

  it('that do not arrive in time are 408', async () => {
    const quick = await serving({ models: [sums], size: 1, timeout: 100 });
    const silent = new ReadableStream<Uint8Array>();
    const response = await quick.fetch(new Request(`http://service.test${INFER}`, { method: 'POST', body: silent, duplex: 'half' } as RequestInit));
    expect(await refused(response)).toEqual([408, expect.stringMatching(/in time/)]);
    await expectSums(await serving({ models: [sums], size: 1 }));
  });
});

describe('time', () => {
  it('a request that would wait past its time is refused at once, with when to come back', async () => {
    const service = await serving({ models: [SLOW], size: 1, maxQueue: 3, timeout: 60_000 });
    await askSlow(service);
    const many = Array.from({ length: 6 }, () => askSlow(service));
    const impatient = performance.now();
    const short = await askSlow(service, { timeout: 1000 });
    expect(performance.now() - impatient).toBeLessThan(1000);
    expect([short.status, short.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^[1-9]\d*$/)]);
    expect((await Promise.all(many)).map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 503, 503]);
  });

  it('what takes longer than it may is 504, and the worker goes on', async () => {
    const service = await serving({ models: [{ ...SLOW, options: { ...SLOW.options, warmup: false } }, sums], size: 1 });
    const late = await askSlow(service, { timeout: 5000 });
    expect(await refused(late)).toEqual([504, expect.stringMatching(/longer than 5 ms/)]);
    await expectSums(service);
    expect((await askSlow(service)).status).toBe(200);
  });
});

describe('tokens', async () => {
  const service = await serving({ models: [sums], size: 1, tokens: ['first-token', 'second-token'] });

  it.each([[{}, 401], [{ authorization: 'Bearer other-token' }, 401], [{ authorization: 'Basic first-token' }, 400], [{ authorization: 'Bearer second-token' }, 200]] as const)('%o is %d', async (headers, status) => {
    expect((await ask(service, '/v2/models/sums', { headers })).status).toBe(status);
  });

  it('health is told without', async () => {
    expect((await ask(service, '/v2/health/ready')).status).toBe(200);
    expect((await ask(service, '/metrics')).status).toBe(401);
  });

  it('each may ask as often as the rate says', async () => {
    const limited = await serving({ models: [sums], size: 1, tokens: ['first-token', 'second-token'], rate: 5 });
    const asked = (token: string): Promise<Response> => ask(limited, '/v2', { headers: { authorization: `Bearer ${token}` } });
    const statuses = (await Promise.all(Array.from({ length: 20 }, () => asked('first-token')))).map(({ status }) => status);
    expect(statuses.slice(0, 5)).toEqual([200, 200, 200, 200, 200]);
    expect(statuses).toContain(429);
    expect((await asked('second-token')).status).toBe(200);
  });
});

it.each([
  [{}, /models or a repository/],
  [{ models: [{ name: '../x', model: SUMS }] }, /models\[0\]\.name/],
  [{ models: [{ name: 'x', version: 'a', model: SUMS }] }, /models\[0\]\.version/],
  [{ models: [sums, { ...sums, version: '1' }] }, /another name or version for each, got sums, version 1 twice/],
  [{ models: [sums], token: 'x' }, /did you mean tokens/],
  [{ models: [sums], tokens: ['short'] }, /at least 8 characters/],
  [{ models: [sums], size: 0 }, /size/],
  [{ repository: '/no/such/folder' }, /a folder that can be read/],
])('options that have no meaning are refused: %#', async (options, said) => {
  await expect(createService(options as never)).rejects.toThrow(said);
});
