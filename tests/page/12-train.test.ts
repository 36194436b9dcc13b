import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WITHOUT_BROWSER } from '../support/chromium.js';
import { LANGUAGES, lecture } from './harness.js';
import type { Visit } from './harness.js';

const { visit } = lecture();
let at: Visit;

beforeEach(async () => {
  at = await visit();
});

afterEach(() => at.end());

const TRAIN = { en: 'Train', ko: '학습' } as const;
const READY = 'section.train[data-step="0"] .figures';

/** Waits until it has learned for so many updates. */
const updates = (count: number): Promise<unknown> => at.page.waitForFunction((wanted) => Number(document.querySelector<HTMLElement>('section.train')?.dataset['step']) >= wanted, count);
const accuracy = (): Promise<number> => at.page.$eval('section.train', (section) => Number((section as HTMLElement).dataset['accuracy']));

describe.skipIf(WITHOUT_BROWSER)('train it', () => {
  it.each(LANGUAGES)('learns from nothing, %s', async (language) => {
    await at.open('12-train', language);
    await at.page.waitForSelector(READY);
    expect(await accuracy()).toBeLessThan(0.3);
    expect(await at.page.locator('.confusion td').count()).toBe(100);
    const before = await at.page.locator('.kernels svg').first().getAttribute('aria-label');
    await at.page.getByRole('button', { name: TRAIN[language], exact: true }).click();
    await updates(100);
    await at.page.getByRole('button', { name: language === 'en' ? 'Pause' : '멈춤', exact: true }).click();
    expect(await accuracy()).toBeGreaterThan(0.8);
    expect(await at.page.locator('.kernels svg').first().getAttribute('aria-label')).not.toBe(before);
    const counts = await at.page.locator('.confusion td').allTextContents();
    expect(counts.reduce((sum, count) => sum + Number(count), 0)).toBe(1000);
    expect(await at.axe()).toEqual([]);
    await at.shot(`12-train-${language}`);
  });
});
