/** The system's Chromium, for tests in Node that open a page. */
import { execFileSync } from 'node:child_process';
import { chromium } from 'playwright';
import type { Browser, LaunchOptions, Page } from 'playwright';

/** Its path: CHROME_PATH, or what a package manager installs. Undefined where there is none. */
export function findChromium(): string | undefined {
  if (process.env['CHROME_PATH']) return process.env['CHROME_PATH'];
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    try {
      return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
    } catch {
      // Not this one.
    }
  }
  return undefined;
}

/** Whether tests that need a browser are left out on purpose: RECEPTIVE_NO_BROWSER=1. */
export const WITHOUT_BROWSER = Boolean(process.env['RECEPTIVE_NO_BROWSER']);

/** Calls home are refused on closed networks, noisily; and root needs no-sandbox. */
export const CHROMIUM_ARGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

/** Without a system's Chromium, playwright looks for its own. */
export function launchChromium(options: LaunchOptions = {}): Promise<Browser> {
  const executablePath = findChromium();
  return chromium.launch({ ...(executablePath !== undefined && { executablePath }), args: CHROMIUM_ARGS, ...options });
}

/** How long a page is waited for, in ms: it ends what hangs, since a busy machine is no failure. */
const SLOW = 120_000;

/** A page of a context of its own. */
export async function openPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext();
  context.setDefaultTimeout(SLOW);
  return context.newPage();
}
