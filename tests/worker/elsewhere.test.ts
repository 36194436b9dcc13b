/** A page whose bundle, made by Vite, comes from another origin: browsers refuse its workers, and the option `worker` mends it. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as Library from '../../ts/entries/index.js';
import { launchChromium, openPage, WITHOUT_BROWSER } from '../support/chromium.js';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.wasm': 'application/wasm', '.html': 'text/html' };
const folder = mkdtempSync(join(tmpdir(), 'receptive-elsewhere-'));

type Globals = typeof globalThis & { library: typeof Library; workerUrl: string };

/** Serves a folder, and the scripts of the package. @param headers - of all that is served */
function serve(headers: Readonly<Record<string, string>> = {}): Server {
  return createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = [join(folder, 'out', pathname === '/' ? 'index.html' : pathname), join(DIST, pathname)].find((path) => existsSync(path) && extname(path) !== '');
    if (file === undefined) return void response.writeHead(404, headers).end();
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain', ...headers }).end(readFileSync(file));
  }).listen(0);
}

const originOf = (server: Server): string => `http://localhost:${(server.address() as AddressInfo).port}`;

const ISOLATED = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };
const FORBIDDEN = { 'content-security-policy': "script-src 'self' 'unsafe-inline'" };

describe.skipIf(WITHOUT_BROWSER)('a page', () => {
  let [cdn, own, isolated, forbidden]: Server[] = [];
  let browser: Browser;

  beforeAll(async () => {
    cdn = serve({ 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' });
    [own, isolated, forbidden] = [serve(), serve(ISOLATED), serve(FORBIDDEN)];
    const script = "import * as library from 'receptive';\nimport workerUrl from 'receptive/worker-onnx?worker&url';\nObject.assign(globalThis, { library, workerUrl });\n";
    writeFileSync(join(folder, 'page.js'), script);
    writeFileSync(join(folder, 'index.html'), '<!doctype html><link rel="icon" href="data:,"><script type="module" src="./page.js"></script>');
    const alias = [
      { find: /^receptive$/, replacement: join(DIST, 'web/all.js') },
      { find: /^receptive\/worker-onnx/, replacement: join(DIST, 'web/worker-onnx.js') },
    ];
    await build({ root: folder, configFile: false, logLevel: 'error', base: `${originOf(cdn)}/`, resolve: { alias }, build: { outDir: 'out', assetsInlineLimit: 0 } });
    writeFileSync(join(folder, 'out', 'plain.html'), '<!doctype html><link rel="icon" href="data:,"><script type="module">import * as library from "/web/all.js"; Object.assign(globalThis, { library });</script>');
    browser = await launchChromium();
  }, 180_000);

  afterAll(async () => {
    await browser.close();
    for (const server of [cdn, own, isolated, forbidden]) {
      server?.closeAllConnections();
      server?.close();
    }
    rmSync(folder, { recursive: true });
  });

  async function open(server: Server | undefined, path = '/'): Promise<Page> {
    const page = await openPage(browser);
    await page.goto(originOf(server!) + path);
    await page.waitForFunction(() => 'library' in globalThis);
    return page;
  }

  /** Loads and runs a network with one of the ways to name the worker. */
  function attempt(page: Page, way: string): Promise<unknown> {
    return page.evaluate(async (name) => {
      const { library, workerUrl } = globalThis as Globals;
      const { createPool, load, relu, sequential, tensor } = library;
      const blob = (): Worker => new Worker(URL.createObjectURL(new Blob([`import ${JSON.stringify(workerUrl)}`], { type: 'text/javascript' })), { type: 'module' });
      const workers: Record<string, Library.LoadOptions['worker']> = {
        none: undefined, URL: workerUrl, 'URL object': new URL(workerUrl ?? 'http://none'), factory: () => workerUrl, worker: blob,
        own: '/web/worker-onnx.js', refused: () => new Worker(workerUrl, { type: 'module' }), missing: '/no-such-worker.js',
      };
      const [kind = '', threads] = name.split(', ');
      try {
        const options = { worker: workers[kind], ...(threads && { threads: 2 }) };
        const net = sequential([relu()], { input: [1, 1, 2, 2] });
        const x = tensor([1, -1, 2, -2], [1, 1, 2, 2]);
        const model = await load(net, options);
        const answer = [...(await model.run(x))['output']!.data];
        const found = model.threads;
        await model.dispose();
        const pool = await createPool({ model: net, size: 2, options: { worker: workers[kind] } });
        const pooled = [...(await pool.run(x))['output']!.data];
        await pool.dispose();
        return { answer, pooled, threads: found };
      } catch (error) {
        const { code, place, hint, message } = error as Library.ReceptiveError;
        return { code, place, hint, message };
      }
    }, way);
  }

  const RIGHT = { answer: [1, 0, 2, 0], pooled: [1, 0, 2, 0], threads: 1 };

  it.each(['URL', 'URL object', 'factory', 'worker', 'own'])('of which the option worker is given as %s runs', async (way) => {
    expect(await attempt(await open(own), way)).toEqual(RIGHT);
  });

  it('that is isolated has threads by it', async () => {
    expect(await attempt(await open(isolated), 'URL, threads')).toEqual({ ...RIGHT, threads: 2 });
  });

  it('without it, or by a function that starts what browsers refuse, is told what to do', async () => {
    const page = await open(own);
    expect(await attempt(page, 'none')).toMatchObject({ code: 'worker', hint: expect.stringContaining('name it by the option worker') });
    expect(await attempt(page, 'refused')).toMatchObject({ code: 'worker', place: 'worker', hint: expect.stringContaining('return the URL of its script') });
    expect(await attempt(page, 'missing')).toMatchObject({ code: 'worker', message: expect.stringContaining('/no-such-worker.js') });
  });

  it("whose policy lacks 'wasm-unsafe-eval' is told what to add", async () => {
    const hint = "add 'wasm-unsafe-eval' to script-src in the Content-Security-Policy of the page and of worker.js";
    const found = await attempt(await open(forbidden, '/plain.html'), 'none');
    expect(found).toMatchObject({ code: 'wasm', hint, message: expect.stringContaining(hint) });
  });
});
