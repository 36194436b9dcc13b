/** The lecture page as a visitor has it: built by Vite, served from a folder of a static server, in the system's Chromium. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright';
import { afterAll, beforeAll, expect } from 'vitest';
import { CHROMIUM_ARGS, launchChromium } from '../support/chromium.js';
import { BUILT } from './build.js';

export type Language = 'en' | 'ko';
export const LANGUAGES: readonly Language[] = ['en', 'ko'];

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.png': 'image/png', '.jpg': 'image/jpeg', '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm', '.json': 'application/json', '.webmanifest': 'application/manifest+json',
};

/** Where the page is served: below the root, as on many static servers. */
const FOLDER = '/lecture/';

function serve(): Server {
  return createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = join(BUILT, pathname.slice(FOLDER.length - 1), pathname.endsWith('/') ? 'index.html' : '');
    if (!pathname.startsWith(FOLDER) || !existsSync(file)) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(readFileSync(file));
  }).listen(0);
}

/** A task of the page's thread that was longer than 50 ms, in ms. */
interface LongTask {
  readonly duration: number;
}

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors, warnings, and requests to elsewhere. Expected to be empty when the visit ends. */
  readonly problems: string[];
  /** Goes to a chapter and waits until its figure is there. `state` is the query of the address. */
  readonly open: (slug: string, language?: Language, state?: string) => Promise<void>;
  readonly longTasks: () => Promise<readonly LongTask[]>;
  /** What axe finds. */
  readonly axe: () => Promise<readonly string[]>;
  /** Writes a picture into .cache/shots, to be looked at. */
  readonly shot: (name: string) => Promise<void>;
  readonly end: () => Promise<void>;
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Starts server and browser for a file of tests. `flags` are more of Chromium's. */
export function lecture(flags: readonly string[] = []): { readonly visit: (options?: BrowserContextOptions) => Promise<Visit>; readonly address: () => string } {
  let server: Server;
  let browser: Browser;
  beforeAll(async () => {
    server = serve();
    browser = await launchChromium({ args: [...CHROMIUM_ARGS, ...flags] });
  });
  afterAll(async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  });
  const address = (): string => `http://localhost:${(server.address() as AddressInfo).port}${FOLDER}`;
  return { visit: (options) => begin(browser, address(), options), address };
}

declare global {
  /** Red, green, blue and alpha of a canvas; within a page that a test looks at. */
  var pixelsOf: (canvas: HTMLCanvasElement) => Uint8ClampedArray;
}

async function begin(browser: Browser, address: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options });
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  page.on('request', (request) => {
    if (!/^(http:\/\/localhost:\d+\/|blob:|data:)/.test(request.url())) problems.push(`asked for ${request.url()}`);
  });
  await page.addInitScript(() => {
    const tasks: { duration: number }[] = [];
    // Of a copy: Chromium warns of a canvas that is read over and over, which no page does that is looked at by no test.
    const pixelsOf = (canvas: HTMLCanvasElement): Uint8ClampedArray => {
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true })!;
      copy.drawImage(canvas, 0, 0);
      return copy.getImageData(0, 0, canvas.width, canvas.height).data;
    };
    Object.assign(globalThis, { tasks, pixelsOf });
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => ({ duration })))).observe({ type: 'longtask', buffered: true });
  });
  return {
    page, context, problems,
    open: async (slug, language = 'en', state = '') => {
      await page.goto(`${address}#/${language}/${slug}${state && `?${state}`}`);
      await page.waitForSelector(`html[lang="${language}"] main .panel`);
    },
    longTasks: () => page.evaluate(() => Reflect.get(globalThis, 'tasks') as LongTask[]),
    axe: () => axe(page),
    shot: async (name) => {
      const file = root(`.cache/shots/${name}.png`);
      mkdirSync(dirname(file), { recursive: true });
      await page.screenshot({ path: file, fullPage: true });
    },
    end: async () => {
      await context.close();
      expect(problems).toEqual([]);
    },
  };
}

async function axe(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations } = (await (Reflect.get(globalThis, 'axe') as { run: (options: object) => Promise<unknown> }).run({ rules: { 'td-has-header': { enabled: true } } })) as {
      violations: readonly { id: string; nodes: readonly { html: string; failureSummary: string }[] }[];
    };
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} (${failureSummary})`));
  });
}

/** The numbers of the matrix with such a caption, once they are there: its place may be kept before. */
export async function matrix(page: Page, caption: string): Promise<readonly string[]> {
  const cells = page.locator('figure.matrix', { has: page.locator('figcaption', { hasText: new RegExp(`^${caption}$`) }) }).locator('td');
  await cells.first().waitFor();
  return cells.evaluateAll((all) => all.map((cell) => cell.querySelector('input')?.value ?? cell.textContent ?? ''));
}

/** How a cell of a matrix is called, by row and column from 1. */
export function cellName(language: Language, label: string, row: number, column: number): string {
  return language === 'en' ? `${label}, row ${row}, column ${column}` : `${label} ${row}행 ${column}열`;
}
