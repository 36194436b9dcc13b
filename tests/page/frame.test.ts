import { gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WITHOUT_BROWSER } from '../support/chromium.js';
import { BUILT } from './build.js';
import { lecture } from './harness.js';
import type { Visit } from './harness.js';

const { visit, address } = lecture();
let at: Visit;

beforeEach(async () => {
  at = await visit();
});

afterEach(() => at.end());

const FIRST = 'main .panel';

describe.skipIf(WITHOUT_BROWSER)('the frame of the lecture', () => {
  it('asks for at most 350 kB before the first chapter answers', async () => {
    const files = new Set<string>();
    at.context.on('request', (request) => files.add(new URL(request.url()).pathname.replace('/lecture/', '') || 'index.html'));
    await at.page.goto(address());
    await at.page.waitForSelector(FIRST);
    await at.page.waitForLoadState('networkidle');
    const bytes = [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(BUILT, file)), { level: 9 }).length, 0);
    expect(bytes).toBeGreaterThan(30_000);
    expect(bytes).toBeLessThanOrEqual(350_000);
  });

  it('opens again without a network', async () => {
    await at.page.goto(address());
    await at.page.waitForSelector(FIRST);
    await at.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await at.page.waitForLoadState('networkidle');
    await at.page.reload();
    await at.page.waitForSelector(FIRST);
    await at.page.waitForLoadState('networkidle');
    await at.context.setOffline(true);
    await at.page.reload();
    await at.page.waitForSelector(FIRST);
    expect(await at.page.title()).toContain('How a network sees');
  });

  it('speaks the language of the browser, and the other by a switch', async () => {
    const korean = await visit({ locale: 'ko-KR' });
    await korean.page.goto(address());
    await korean.page.waitForSelector('html[lang="ko"] main .panel');
    await korean.page.getByRole('button', { name: 'English' }).click();
    await korean.page.waitForSelector('html[lang="en"]');
    await korean.page.waitForFunction(() => location.hash.startsWith('#/en/'));
    await korean.end();
  });

  it('goes to the first chapter when the address names none that there is', async () => {
    await at.page.goto(`${address()}#/de/nothing?step=%ff`);
    await at.page.waitForSelector(FIRST);
  });

  it('can be used by keyboard: the first stop skips to the chapter', async () => {
    await at.page.goto(address());
    await at.page.waitForSelector(FIRST);
    await at.page.keyboard.press('Tab');
    await at.page.keyboard.press('Enter');
    expect(await at.page.evaluate(() => document.activeElement?.id)).toBe('chapter');
  });
});
