/** Pages in the system's Chromium. */
import { chromium } from 'playwright';
import { CHROMIUM_ARGS, findChromium } from '../../support/chromium-path.mjs';
import { Skip } from './project.mjs';
import { verify } from './net.mjs';

/** @throws Skip where there is none */
export function expectChromium() {
  const path = findChromium();
  if (path === undefined) throw new Skip('no Chromium was found (apt-get install chromium, or its path in CHROME_PATH)');
  return path;
}

/** Opens a browser for as long as `visit` takes; hands it a page and the complaints the page made. */
export async function withPage(visit) {
  const browser = await chromium.launch({ executablePath: expectChromium(), args: CHROMIUM_ARGS });
  try {
    const page = await browser.newPage();
    const complaints = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    return await visit(page, complaints);
  } finally {
    await browser.close();
  }
}

/** What fixtures/page.js left in the page. */
export async function resultOf(page, complaints) {
  try {
    await page.waitForFunction(() => 'result' in globalThis, undefined, { timeout: 30_000 });
  } catch {
    throw new Error(`the page gave no result; it said: ${complaints.join('; ') || 'nothing'}`);
  }
  const result = await page.evaluate(() => globalThis.result);
  if (result.error && complaints.length > 0) result.error += `; the page said: ${complaints.join('; ')}`;
  return result;
}

/** Visits an address, checks the numbers and gives the result for more checks. */
export function checkPage(url) {
  return withPage(async (page, complaints) => {
    await page.goto(url);
    const result = await resultOf(page, complaints);
    return { result, said: verify(result), complaints };
  });
}

/** Serves, visits, and stops the server, whatever comes. */
export async function checkServed(server, path = '/') {
  const { url, stop } = await server;
  try {
    return await checkPage(url + path);
  } finally {
    stop();
  }
}

/** @throws unless the page computed on one thread for want of isolation, or on several with it */
export function checkThreads({ result, said }, isolated) {
  const { threads, threadsReason } = result;
  const right = isolated ? threads > 1 && threadsReason === undefined : threads === 1 && /cross-origin isolated/.test(threadsReason);
  if (!right) throw new Error(`threads: ${threads} (${threadsReason ?? 'no reason given'}) in ${isolated ? 'an isolated' : 'a plain'} page`);
  return said;
}
