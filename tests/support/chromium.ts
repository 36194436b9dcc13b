/** The system's Chromium, for tests in Node that open a page. */
import { chromium } from 'playwright';
import type { Browser, LaunchOptions, Page } from 'playwright';
import { CHROMIUM_ARGS, findChromium } from './chromium-path.mjs';

export { CHROMIUM_ARGS, findChromium };

/** Whether tests that need a browser are left out on purpose: RECEPTIVE_NO_BROWSER=1. */
export const WITHOUT_BROWSER = Boolean(process.env['RECEPTIVE_NO_BROWSER']);

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
