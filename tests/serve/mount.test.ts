/** The listener for servers of node:http, and what is before it there. */
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { ask, nodeListener, serving, SLOW, slowBody, SUMS, SUMS_BODY } from './support.js';

const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close().closeAllConnections()));

async function listening(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const infer = (url: string): Promise<Response> => fetch(`${url}/v2/models/sums/infer`, { method: 'POST', body: SUMS_BODY, signal: AbortSignal.timeout(10_000) });

it('answers as the service does', async () => {
  const service = await serving({ models: [{ name: 'sums', model: SUMS }], size: 1 });
  const answer = nodeListener(service);
  const response = await infer(await listening((incoming, outgoing) => void answer(incoming, outgoing)));
  expect(await response.json()).toMatchObject({ outputs: [{ data: [2, 3, 4] }, {}] });
});

/** As a body parser does it. */
async function readWhole(incoming: IncomingMessage): Promise<void> {
  for await (const chunk of incoming) void chunk;
}

it.each([['whole', readWhole], ['in part', (incoming: IncomingMessage) => once(incoming, 'readable').then(() => incoming.read(1) as unknown)]] as const)('refuses at once a body that was read before, %s', async (_, read) => {
  const service = await serving({ models: [{ name: 'sums', model: SUMS }], size: 1 });
  const answer = nodeListener(service);
  const response = await infer(await listening((incoming, outgoing) => void read(incoming).then(() => answer(incoming, outgoing))));
  expect(response.status).toBe(500);
  expect(await response.json()).toEqual({ error: expect.stringMatching(/^body: expected a request whose body is unread, got one that was read before; mount the service before body parsers/) as string });
});

it('drops what a client waits for that hangs up', async () => {
  const service = await serving({ models: [SLOW], size: 1 });
  const answer = nodeListener(service);
  const url = await listening((incoming, outgoing) => void answer(incoming, outgoing));
  const gone = new AbortController();
  const [body, headers] = slowBody();
  const asked = Array.from({ length: 4 }, () => fetch(`${url}/v2/models/slow/infer`, { method: 'POST', body, headers, signal: gone.signal }));
  const metrics = async (): Promise<string> => (await ask(service, '/metrics')).text();
  await expect.poll(metrics).toMatch(/^receptive_pending\{model="slow",version="1"\} [1-9]/m);
  gone.abort();
  expect((await Promise.allSettled(asked)).some(({ status }) => status === 'rejected')).toBe(true);
  await expect.poll(metrics).toMatch(/^receptive_requests_total\{.*infer",code="499"\} [1-9]/m);
  await expect.poll(() => service.pending).toBe(0);
});

it('counts who hangs up before the body has come as gone, not as late', async () => {
  const service = await serving({ models: [{ name: 'sums', model: SUMS }], size: 1 });
  const answer = nodeListener(service);
  const url = await listening((incoming, outgoing) => void answer(incoming, outgoing));
  const asking = request(`${url}/v2/models/sums/infer`, { method: 'POST', headers: { 'content-length': 100 } }).on('error', () => undefined);
  asking.write('{');
  await expect.poll(() => service.pending).toBe(1);
  asking.destroy();
  const metrics = async (): Promise<string> => (await ask(service, '/metrics')).text();
  await expect.poll(metrics).toMatch(/^receptive_requests_total\{.*infer",code="499"\} 1$/m);
  expect(await metrics()).not.toMatch(/code="408"/);
});
