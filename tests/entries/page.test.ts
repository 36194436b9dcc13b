import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright';
import { load } from 'receptive';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { expected, photoPath } from '../image/expected.js';
import { launchChromium, WITHOUT_BROWSER } from '../support/chromium.js';

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const PAGE = root('.cache/page');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.wasm': 'application/wasm',
};

let server: Server;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let origin: string;
const problems: string[] = [];

beforeAll(async () => {
  // Vite takes import.meta.env.PROD from here, and the test runner says 'test': the page would leave out its service worker.
  vi.stubEnv('NODE_ENV', 'production');
  await build({ configFile: root('examples/page/vite.config.ts'), logLevel: 'error' });
  vi.unstubAllEnvs();
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = join(PAGE, pathname.endsWith('/') ? `${pathname}index.html` : pathname);
    if (!existsSync(file)) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(readFileSync(file));
  }).listen(0);
  origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  browser = await launchChromium();
}, 120_000);

afterAll(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
});

beforeEach(async () => {
  problems.length = 0;
  context = await browser.newContext();
  context.setDefaultTimeout(120_000);
  page = await context.newPage();
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  page.on('request', (request) => {
    if (!/^(http:\/\/localhost:\d+\/|blob:|data:)/.test(request.url())) problems.push(`asked for ${request.url()}`);
  });
});

afterEach(async () => {
  await context.close();
  expect(problems).toEqual([]);
});

interface Shown {
  readonly index: number;
  readonly probability: number;
}

async function answer(): Promise<Shown[]> {
  await page.waitForSelector('#labels li');
  return page.$$eval('#labels li', (items) =>
    items.map((item) => ({ index: Number(item.dataset['index']), probability: Number(item.dataset['probability']) })),
  );
}

describe.skipIf(WITHOUT_BROWSER)('the page', () => {
  it('says of six photos what Node says', async () => {
    await using model = await load(root('examples/assets/squeezenet1_1.safetensors'));
    await page.goto(origin);
    const photos = Object.entries(expected.squeezenet1_1);
    expect(photos).toHaveLength(6);
    for (const [photo, want] of photos) {
      await page.setInputFiles('#file', photoPath(photo));
      const shown = await answer();
      const { top } = await model.classify(photoPath(photo));
      expect(shown[0]?.index).toBe(want.top5[0]?.[0]);
      expect(shown.map(({ index }) => index)).toEqual(top.map(({ index }) => index));
      top.forEach(({ probability }, i) => {
        const difference = Math.abs(probability - (shown[i]?.probability ?? Number.NaN));
        if (!(difference <= 1e-3)) throw new Error(`${photo}: ${difference} apart`);
      });
    }
  });

  it('keeps the main thread free: it neither decodes, nor reads pixels, nor compiles or runs anything', async () => {
    await page.addInitScript(() => {
      const seen: string[] = [];
      Object.assign(globalThis, { seen });
      const watch = (owner: object, name: string): void => {
        const original: unknown = Reflect.get(owner, name);
        if (typeof original !== 'function') return;
        const watched = new Proxy(original, {
          apply: (target, self, args) => (seen.push(name), Reflect.apply(target, self, args) as unknown),
          construct: (target, args) => (seen.push(name), Reflect.construct(target, args) as object),
        });
        Object.defineProperty(owner, name, { value: watched, configurable: true, writable: true });
      };
      for (const name of ['createImageBitmap', 'VideoFrame', 'ImageDecoder']) watch(globalThis, name);
      for (const name of ['drawImage', 'getImageData']) watch(CanvasRenderingContext2D.prototype, name);
      for (const name of ['drawImage', 'getImageData']) watch(OffscreenCanvasRenderingContext2D.prototype, name);
      for (const name of ['Module', 'Instance', 'compile', 'compileStreaming', 'instantiate', 'instantiateStreaming']) watch(WebAssembly, name);
    });
    await page.goto(origin);
    await page.waitForFunction(() => document.getElementById('status')?.textContent?.includes('Ready'));
    for (const photo of ['dog.jpg', 'astronaut.png', 'coffee.png']) {
      await page.setInputFiles('#file', photoPath(photo));
      await answer();
    }
    expect(await page.evaluate(() => Reflect.get(globalThis, 'seen') as unknown)).toEqual([]);
    await page.evaluate(() => createImageBitmap(new Blob()).catch(() => undefined));
    expect(await page.evaluate(() => Reflect.get(globalThis, 'seen') as unknown)).toEqual(['createImageBitmap']);
  });

  it('takes a sample by click, a photo by drop, and shows times', async () => {
    await page.goto(origin);
    await page.click('#samples button:nth-child(2)');
    expect((await answer())[0]?.index).toBe(967);
    expect(await page.getAttribute('#samples button:nth-child(2)', 'aria-pressed')).toBe('true');
    expect(await page.textContent('#times')).toMatch(/Decode\d.*ms.*Network\d.*ms.*Kernels(simd|relaxed|scalar)/);
    const cat = readFileSync(photoPath('chelsea.png')).toString('base64');
    await page.evaluate((base64) => {
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], 'cat.png', { type: 'image/png' }));
      document.getElementById('drop')?.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }, cat);
    await page.waitForSelector('#labels li[data-index="285"]');
    expect((await answer())[0]?.index).toBe(285);
  });

  it('says kindly what is no photo, and goes on', async () => {
    await page.goto(origin);
    await page.setInputFiles('#file', { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('<!doctype html>') });
    await page.waitForSelector('#error:not([hidden])');
    expect(await page.textContent('#error-text')).toMatch(/cannot be read as a photo.*notes\.txt: not an image/);
    await page.setInputFiles('#file', { name: 'empty.png', mimeType: 'image/png', buffer: Buffer.alloc(0) });
    await page.waitForFunction(() => document.getElementById('error-text')?.textContent?.includes('0 bytes'));
    await page.setInputFiles('#file', photoPath('dog.jpg'));
    expect((await answer())[0]?.index).toBe(537);
    expect(await page.isVisible('#error')).toBe(false);
  });

  it('works without a network once it has been loaded', async () => {
    await page.goto(origin);
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await context.setOffline(true);
    await page.reload();
    await page.click('#samples button:nth-child(1)');
    expect((await answer())[0]?.index).toBe(285);
  });

  it('offers to try again when the network could not be loaded', async () => {
    let broken = true;
    await context.route(/squeezenet1_1.*safetensors/, (route) => (broken ? route.fulfill({ status: 503 }) : route.continue()));
    await page.goto(origin);
    await page.waitForSelector('#retry:not([hidden])');
    expect(await page.textContent('#error-text')).toMatch(/could not be loaded.*503/);
    broken = false;
    await page.click('#retry');
    await page.waitForFunction(() => document.getElementById('status')?.textContent?.includes('Ready'));
    expect(problems.splice(0).every((problem) => problem.includes('503'))).toBe(true);
  });
});
