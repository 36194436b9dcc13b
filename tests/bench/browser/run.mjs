/** The benchmark in Chromium: every network in a page of its own. */
import { fileURLToPath } from 'node:url';
import { CHROMIUM_ARGS, findChromium } from '../../support/chromium-path.mjs';
import { allVersions } from '../node/packages.mjs';
import { rooflineModules } from '../roofline-wasm.mjs';
import { serve } from './server.mjs';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** @throws Error that says how to get one */
export async function launchChromium() {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('--browser needs Chromium: install it (Debian, Ubuntu: apt-get install chromium) or name one in CHROME_PATH');
  const { chromium } = await import('playwright');
  return chromium.launch({ executablePath, args: CHROMIUM_ARGS });
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
