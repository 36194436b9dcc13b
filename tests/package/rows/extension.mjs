import { chromium } from 'playwright';
import { CHROMIUM_ARGS } from '../../support/chromium-path.mjs';
import { expectChromium, resultOf } from '../lib/browser.mjs';
import { verify } from '../lib/net.mjs';
import { Skip, write } from '../lib/project.mjs';
import { createSite } from '../lib/site.mjs';

export const title = "a page of a browser extension, under its policy of no 'unsafe-eval'";

const MANIFEST = {
  manifest_version: 3, name: 'receptive', version: '1', background: { service_worker: 'background.js' },
  content_security_policy: { extension_pages: "script-src 'self' 'wasm-unsafe-eval'; object-src 'self'" },
};

export async function check(context) {
  const folder = await createSite(context);
  write(folder, { 'manifest.json': JSON.stringify(MANIFEST), 'background.js': '' });
  const args = [...CHROMIUM_ARGS, '--headless=new', `--disable-extensions-except=${folder}`, `--load-extension=${folder}`];
  const ignored = ['--disable-extensions', '--headless', '--headless=old'];
  const browser = await chromium.launchPersistentContext('', { executablePath: expectChromium(), args, headless: false, ignoreDefaultArgs: ignored });
  try {
    const [worker] = browser.serviceWorkers();
    const started = worker ?? (await browser.waitForEvent('serviceworker', { timeout: 15_000 }).catch(() => undefined));
    if (!started) throw new Skip('this Chromium loads no extension from the command line');
    const page = await browser.newPage();
    const complaints = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(new URL('/index.html', started.url()).href);
    return verify(await resultOf(page, complaints));
  } finally {
    await browser.close();
  }
}
