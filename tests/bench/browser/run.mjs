/** The benchmark in Chromium: every network in a page of its own. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { allVersions } from '../node/packages.mjs';
import { rooflineModules } from '../roofline-wasm.mjs';
import { serve } from './server.mjs';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Chromium's own calls home are refused on closed networks, noisily; and root needs no-sandbox. */
const ARGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

/** @throws Error that says how to get one */
function findChromium() {
  if (process.env.CHROME_PATH) return process.env.CHROME_PATH;
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    try {
      return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
    } catch {
      // Not this one.
    }
  }
  throw new Error('--browser needs Chromium: install it (Debian, Ubuntu: apt-get install chromium) or name one in CHROME_PATH');
}

/** @throws Error where there is no Chromium */
export async function launchChromium() {
  const executablePath = findChromium();
  const { chromium } = await import('playwright');
  return chromium.launch({ executablePath, args: ARGS });
}

/** @returns `run`, for one job, the browser's `version`, and `close` */
export async function startBrowser() {
  const browser = await launchChromium();
  const server = await serve(ROOT);
  const base64 = (bytes) => Buffer.from(bytes).toString('base64');
  const modules = Object.fromEntries(Object.entries(rooflineModules()).map(([name, bytes]) => [name, base64(bytes)]));
  return {
    version: `Chromium ${browser.version()}`,
    run: (job) => runInPage(browser, `${server.address}/tests/bench/browser/index.html`, job, modules),
    async close() {
      await browser.close();
      server.close();
    },
  };
}

/** Gives the result, or the stage that the page was at and how it ended. */
async function runInPage(browser, address, job, modules) {
  // A context of its own is a process of its own.
  const context = await browser.newContext();
  let stage = 'start';
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(0);
    const crashed = new Promise((_, reject) => page.on('crash', () => reject(new Error('the page crashed, as when memory runs out'))));
    await page.exposeFunction('reportStage', (at) => {
      stage = at;
    });
    await page.goto(address);
    await page.waitForFunction(() => globalThis.benchReady);
    const measured = page.evaluate(([work, versions, roofline]) => globalThis.runBench(work, versions, roofline), [job, allVersions(), modules]);
    return { result: await Promise.race([measured, crashed]) };
  } catch (error) {
    return { stage, ended: String(error.message).split('\n')[0] };
  } finally {
    await context.close();
  }
}
