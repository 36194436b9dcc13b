/** The built package in pages with and without cross-origin isolation, whose workers are counted from outside. */
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type * as Library from '../../ts/entries/index.js';
import { launchChromium, WITHOUT_BROWSER } from '../support/chromium.js';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.wasm': 'application/wasm' };
const ISOLATED = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

let servers: Server[];
let browser: Browser;

const PAGE =
  '<!doctype html><link rel="icon" href="data:,"><script type="module">import * as library from "/web/all.js"; Object.assign(globalThis, { library });</script>';

/** What the page and the test leave for each other. */
type Globals = typeof globalThis & { library: typeof Library; model: Library.Model };

/** Serves dist and a page that imports it. */
function serve(headers: Record<string, string>): Server {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = DIST + pathname.slice(1);
    if (pathname === '/') return void response.writeHead(200, { 'content-type': 'text/html', ...headers }).end(PAGE);
    if (!existsSync(file)) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain', ...headers }).end(readFileSync(file));
  });
  return server.listen(0);
}

beforeAll(async () => {
  servers = [serve(ISOLATED), serve({})];
  browser = await launchChromium();
}, 120_000);

afterAll(async () => {
  await browser.close();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

interface Found {
  readonly threads: number;
  readonly reason: string | undefined;
  readonly values: string;
}

/** Loads a model in a fresh page, runs it, and counts the workers before and after it is disposed of. */
async function visit(server: Server, threads: number | 'auto'): Promise<Found & { before: number; after: number }> {
  const context = await browser.newContext();
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => problems.push(`${message.text()} ${message.location().url}`));
  await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction(() => 'library' in globalThis);
  const found = await page.evaluate(async (wanted): Promise<Found> => {
    const { load, graph, input, relu } = (globalThis as Globals).library;
    const x = input([1, 4]);
    const model = await load(graph({ x }, { y: relu()(x) }), { threads: wanted });
    Object.assign(globalThis, { model });
    const { y } = await model.run(new Float32Array([1, -1, 2, -2]));
    return { threads: model.threads, reason: model.threadsReason, values: String(y?.data) };
  }, threads);
  const before = await countWorkers();
  await page.evaluate(() => (globalThis as Globals).model.dispose());
  let after = await countWorkers();
  for (let time = 0; time < 50 && after > 0; time += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    after = await countWorkers();
  }
  await context.close();
  expect(problems).toEqual([]);
  return { ...found, before, after };
}

async function countWorkers(): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { targetInfos } = await session.send('Target.getTargets', { filter: [{ type: 'worker' }] });
  await session.detach();
  return targetInfos.length;
}

it.skipIf(WITHOUT_BROWSER)('with isolation there are as many threads as wanted, and none when the model is disposed of', async () => {
  const found = await visit(servers[0] as Server, 3);
  expect(found).toEqual({ threads: 3, reason: undefined, values: '1,0,2,0', before: 3, after: 0 });
});

it.skipIf(WITHOUT_BROWSER)('without isolation there is one thread, and the model says why', async () => {
  for (const threads of [3, 1, 'auto'] as const) {
    const { reason, ...found } = await visit(servers[1] as Server, threads);
    expect(found).toEqual({ threads: 1, values: '1,0,2,0', before: 1, after: 0 });
    if (threads === 3) expect(reason).toMatch(/not cross-origin isolated.*Cross-Origin-Opener-Policy/);
    if (threads === 1) expect(reason).toBeUndefined();
  }
});
