/** Two servers behind haproxy, of which one is ended and started again and again under load: no request is lost. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { startCli } from '../support/run-cli.js';
import type { Running } from '../support/run-cli.js';
import { SUMS, SUMS_BODY } from './support.js';

const MISSING = spawnSync('haproxy', ['-v']).status === 0 ? undefined : 'there is no haproxy (Debian: apt-get install haproxy)';
const CONFIGURATION = new URL('../../examples/service/haproxy.cfg', import.meta.url);
const ROUNDS = 4;
const CLIENTS = 8;
/** A body as large as that of a photo: JSON may end with spaces. */
const LARGE_BODY = SUMS_BODY.padEnd(160_000);

const folder = mkdtempSync(join(tmpdir(), 'receptive-haproxy-'));
const model = join(folder, 'sums.onnx');
const children = new Set<ChildProcess>();
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A server as the command line starts it, once it listens. */
async function startServer(port: number): Promise<Running> {
  const server = startCli('serve', `sums=${model}`, '--size', '1', '--port', String(port), '--quiet');
  children.add(server.child);
  expect(await server.firstLine).toContain(`listening on http://127.0.0.1:${port}`);
  return server;
}

/** The configuration that ships, between these addresses. */
async function startProxy(front: number, backs: readonly [number, number]): Promise<void> {
  const file = join(folder, 'haproxy.cfg');
  const text = readFileSync(CONFIGURATION, 'utf8').replace('127.0.0.1:8080', `127.0.0.1:${front}`).replace('127.0.0.1:8081', `127.0.0.1:${backs[0]}`).replace('127.0.0.1:8082', `127.0.0.1:${backs[1]}`);
  writeFileSync(file, text);
  const checked = spawnSync('haproxy', ['-c', '-f', file], { encoding: 'utf8' });
  expect(checked.status, checked.stderr).toBe(0);
  children.add(spawn('haproxy', ['-db', '-f', file], { stdio: 'ignore' }));
  await expect.poll(() => fetch(`http://127.0.0.1:${front}/v2/health/ready`).then(({ status }) => status, () => 0)).toBe(200);
}

/** Asks without a pause until told to stop. @returns how often, and what was not the answer */
async function load(url: string, over: () => boolean): Promise<{ readonly asked: number; readonly lost: readonly string[] }> {
  const lost: string[] = [];
  let asked = 0;
  const client = async (body: string): Promise<void> => {
    while (!over()) {
      asked += 1;
      const told = await fetch(`${url}/v2/models/sums/infer`, { method: 'POST', body }).then(async (response) => `${response.status} ${await response.text()}`, String);
      if (!/^200 .*"data":\[2,3,4\]/.test(told)) lost.push(told.slice(0, 200));
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, i) => client(i % 2 === 0 ? SUMS_BODY : LARGE_BODY)));
  return { asked, lost };
}

const answeredBy = async (port: number): Promise<number> =>
  Number(/^receptive_requests_total\{[^}]*infer",code="200"\} (\d+)$/m.exec(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text())?.[1] ?? 0);

it.skipIf(MISSING)(`no request is lost${MISSING === undefined ? '' : `: ${MISSING}`}`, async () => {
  writeFileSync(model, SUMS);
  const [front, first, second] = [await freePort(), await freePort(), await freePort()];
  const steady = await startServer(first);
  let changing = await startServer(second);
  await startProxy(front, [first, second]);
  let over = false;
  const loaded = load(`http://127.0.0.1:${front}`, () => over);
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      await expect.poll(() => answeredBy(second)).toBeGreaterThan(20);
      changing.child.kill('SIGTERM');
      const { code, err } = await changing.ended;
      expect([code, err]).toEqual([0, '']);
      changing = await startServer(second);
    }
    await expect.poll(() => answeredBy(second)).toBeGreaterThan(20);
  } finally {
    over = true;
  }
  const { asked, lost } = await loaded;
  expect(lost).toEqual([]);
  expect(asked).toBeGreaterThan(40 * ROUNDS);
  expect(await answeredBy(first)).toBeGreaterThan(20);
  steady.child.kill('SIGTERM');
  changing.child.kill('SIGTERM');
  expect((await Promise.all([steady.ended, changing.ended])).map(({ code }) => code)).toEqual([0, 0]);
});
