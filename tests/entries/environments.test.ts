/** Where something is missing, or lies elsewhere, a typed error says what and what to do. In the built package. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type * as Library from '../../ts/entries/index.js';
import { modified } from '../support/modified.js';
import { launchChromium, openPage, WITHOUT_BROWSER } from '../support/chromium.js';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'receptive-environments-'));
afterAll(() => rmSync(folder, { recursive: true }));
const caught = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => undefined, (error: unknown) => error);

/** Runs code in a Node of its own, after `before`, and gives what `attempt(() => ...)` calls came to. */
function apart(before: string, entry: string, code: string): Record<string, unknown>[] {
  const script = `
    ${before}
    const library = await import(${JSON.stringify(pathToFileURL(join(DIST, entry)).href)});
    const { load, relu, sequential, tensor, conv2d, globalAvgPool2d, flatten } = library;
    const net = sequential([relu()], { input: [1, 1, 2, 2] });
    const answers = [];
    const attempt = async (f) => answers.push(await f().then((value) => ({ value: String(value) }), ({ name, code, message, hint, got }) => ({ name, code, message, hint, got })));
    ${code}
    console.log(JSON.stringify(answers));
    process.exit(0);`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })) as Record<string, unknown>[];
}

describe('a simulated page', () => {
  it('without workers names the inline entry', () => {
    const [answer] = apart('globalThis.self = globalThis;', 'web/all.js', 'await attempt(() => load(net));');
    expect(answer).toMatchObject({ code: 'worker', message: expect.stringContaining('expected an environment with Worker, got one without; use receptive/inline') });
  });

  it('that refuses the worker says from where to serve it', () => {
    const refuses = `globalThis.self = globalThis; globalThis.Worker = class { constructor() { throw new DOMException("Failed to construct 'Worker'", 'SecurityError'); } };`;
    const [answer] = apart(refuses, 'web/all.js', 'await attempt(() => load(net));');
    expect(answer).toMatchObject({ code: 'worker', got: "Failed to construct 'Worker'", hint: expect.stringContaining("the page's own origin") });
  });

  it.each(['TextDecoder', 'WebAssembly'])('without %s says so', (name) => {
    const [answer] = apart(`delete globalThis.${name};`, 'node/inline.js', 'await attempt(() => load(net));');
    expect(answer).toMatchObject({ code: 'wasm', message: expect.stringContaining(`environment: expected ${name}, got undefined`) });
  });

  it('without Response loads bytes all the same', () => {
    const code = 'await attempt(async () => (await (await load(net)).run(tensor([1, -1, 2, -2], [1, 1, 2, 2]))).output.data);';
    expect(apart('delete globalThis.Response;', 'node/index.js', code)).toEqual([{ value: '1,0,2,0' }]);
  });
});

describe('the embedded entry in Node', () => {
  it('computes, classifies pixels, and says what it cannot do there', () => {
    const [run, pixels, bytes, path, file, weights, image, url] = apart('', 'embedded.js', `
      await attempt(async () => (await load(net)).run(tensor([1, -1, 2, -2], [1, 1, 2, 2])).output.data);
      const photos = sequential([conv2d(3, 2, 1), globalAvgPool2d(), flatten()], { input: [1, 3, 8, 8] });
      const model = await load(photos, { weights: { '0.weight': tensor(new Float32Array(6), [2, 3, 1, 1]), '0.bias': tensor([0, 1], [2]) } });
      const image = { data: new Uint8Array(300), width: 10, height: 10, channels: 3 };
      await attempt(async () => (await model.classify(image, { preprocess: 'unit' })).top[0].index);
      await attempt(() => model.classify(new Uint8Array(9)));
      await attempt(() => load('model.onnx'));
      await attempt(() => load(new URL('file:///model.onnx')));
      await attempt(() => load(photos, { weights: 'w.safetensors' }));
      await attempt(() => library.decodeImage('photo.jpg'));
      await attempt(() => load('http://localhost:1/model.onnx'));`);
    expect(run).toEqual({ value: '1,0,2,0' });
    expect(pixels).toEqual({ value: '1' });
    expect(bytes).toMatchObject({ code: 'unsupported', hint: expect.stringContaining('receptive/inline') });
    const hint = "no paths are read here: in Node give bytes (await readFile(path)), or import 'receptive' or 'receptive/inline', which read paths";
    const expected = 'expected an http(s), data or blob URL, or bytes, got';
    expect(path).toMatchObject({ code: 'argument', message: `source: ${expected} "model.onnx"; ${hint}`, hint });
    expect(file).toMatchObject({ code: 'argument', message: expect.stringContaining(`source: ${expected} "file:///model.onnx"`), hint });
    expect(weights).toMatchObject({ code: 'argument', message: expect.stringContaining(`weights: ${expected} "w.safetensors"`), hint });
    expect(image).toMatchObject({ code: 'unsupported', hint: expect.stringContaining('receptive/inline') });
    expect(url).toMatchObject({ code: 'weights', message: expect.stringContaining('http://localhost:1/model.onnx') });
  });
});

describe('a bundle for Node', () => {
  const HINT = expect.stringMatching(/leave the package 'receptive' external/) as string;

  it('without the worker beside it names the file', async () => {
    cpSync(join(DIST, 'node'), join(folder, 'node'), { recursive: true, filter: (path) => !/worker/.test(path.slice(DIST.length)) });
    const { load, relu, sequential } = (await import(pathToFileURL(join(folder, 'node', 'index.js')).href)) as typeof Library;
    const error = await caught(load(sequential([relu()], { input: [1, 1] })));
    expect(error).toMatchObject({ code: 'worker', got: `there is no file ${join(folder, 'node', 'worker.js')}`, hint: HINT });
  });

  it('that does not know where it is says so', async () => {
    const { load, relu, sequential } = await modified(folder, 'index.js', (text) => text.replaceAll('import.meta.url', 'undefined'));
    expect(await caught(load(sequential([relu()], { input: [1, 1] })))).toMatchObject({ code: 'worker', hint: HINT });
  });
});

const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.wasm': 'application/wasm' };

/** Serves dist to every origin, and a page that imports the library from `from`. */
function serve(from: () => string, isThere: (path: string) => boolean): Server {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = DIST + pathname.slice(1);
    const page = `<!doctype html><link rel="icon" href="data:,"><script type="module">import * as library from "${from()}/web/all.js"; Object.assign(globalThis, { library });</script>`;
    if (pathname === '/') return void response.writeHead(200, { 'content-type': 'text/html' }).end(page);
    if (!isThere(pathname) || !existsSync(file)) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain', 'access-control-allow-origin': '*' }).end(readFileSync(file));
  });
  return server.listen(0);
}

const originOf = (server: Server): string => `http://localhost:${(server.address() as AddressInfo).port}`;

it.skipIf(WITHOUT_BROWSER)('in a browser, a worker that is not served is named, and one of another origin too', async () => {
  const without: Server = serve(() => originOf(without), (path) => !/worker/.test(path));
  const elsewhere = serve(() => originOf(without), () => false);
  const browser = await launchChromium();
  try {
    const page = await openPage(browser);
    const errors: { code: string; message: string; hint: string }[] = [];
    for (const server of [without, elsewhere]) {
      await page.goto(originOf(server));
      await page.waitForFunction(() => 'library' in globalThis);
      errors.push(await page.evaluate(async () => {
        const { load, relu, sequential } = (globalThis as unknown as { library: typeof Library }).library;
        const error = await load(sequential([relu()], { input: [1, 1] })).then(() => ({}), (thrown: unknown) => thrown);
        const { code, message, hint } = error as { code: string; message: string; hint: string };
        return { code, message, hint };
      }));
    }
    const [missing, foreign] = errors;
    expect(missing).toMatchObject({ code: 'worker', hint: expect.stringContaining('worker-src') });
    expect(missing?.message).toContain(`${originOf(without)}/web/worker.js`);
    expect(foreign).toMatchObject({ code: 'worker', hint: expect.stringMatching(/own origin.*receptive\/inline/) });
    expect(foreign?.message).toContain(`${originOf(without)}/web/worker.js`);
  } finally {
    await browser.close();
    for (const server of [without, elsewhere]) {
      server.closeAllConnections();
      server.close();
    }
  }
});
