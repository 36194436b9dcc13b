/** Pages that are left and come back, with the built package: models in the browser's back-forward cache. */
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type * as Library from '../../ts/entries/index.js';
import { launchChromium, openPage, WITHOUT_BROWSER } from '../support/chromium.js';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.wasm': 'application/wasm' };
const PAGE = `<!doctype html><link rel="icon" href="data:,"><script type="module">
  import * as library from "/web/all.js";
  const shows = [];
  addEventListener('pageshow', ({ persisted }) => shows.push(persisted));
  Object.assign(globalThis, { library, shows });
</script>`;

/** What the page and the test leave for each other. */
type Globals = typeof globalThis & { library: typeof Library; model: Library.Model; pool: Library.Pool; shows: boolean[]; run: Promise<unknown> };

let server: Server;
let browser: Browser;
let origin: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = DIST + pathname.slice(1);
    if (pathname === '/') return void response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE);
    if (pathname === '/elsewhere') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>elsewhere</title>');
    if (!existsSync(file)) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain' }).end(readFileSync(file));
  }).listen(0);
  origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  browser = await launchChromium({
    // Playwright turns the cache off by itself.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
});

afterAll(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
});

it.skipIf(WITHOUT_BROWSER)('models and pools of a page that comes back still answer, and a call in between too', async () => {
  const page = await openPage(browser);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.goto(origin);
  await page.waitForFunction(() => 'library' in globalThis);
  await page.evaluate(async () => {
    const { library } = globalThis as Globals;
    const x = library.input([1, 4]);
    const net = library.graph({ x }, { y: library.relu()(x) });
    const model = await library.load(net);
    const pool = await library.createPool({ model: net, size: 2 });
    await Promise.all([model.run(new Float32Array(4)), pool.run(new Float32Array(4))]);
    const run = Promise.all(Array.from({ length: 50 }, () => model.run(new Float32Array([1, -1, 2, -2]))));
    Object.assign(globalThis, { model, pool, run });
  });
  await page.goto(`${origin}/elsewhere`);
  // No load event comes: nothing is loaded.
  await page.goBack({ waitUntil: 'commit' });
  await page.waitForFunction(() => 'shows' in globalThis);
  const result = await page.evaluate(async () => {
    const { model, pool, run, shows } = globalThis as Globals;
    if (!shows.includes(true)) return 'loaded anew';
    await run;
    const [one, two] = await Promise.all([model.run(new Float32Array([1, -1, 2, -2])), pool.run(new Float32Array([1, -1, 2, -2]))]);
    return [one['y'], two['y']].map((y) => y?.data.join()).join(' ');
  });
  expect(result).toBe('1,0,2,0 1,0,2,0');
  expect(problems).toEqual([]);
  await page.close();
});
