import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WITHOUT_BROWSER } from '../support/chromium.js';
import { cellName, LANGUAGES, lecture, matrix } from './harness.js';
import type { Visit } from './harness.js';

const { visit } = lecture();
let at: Visit;

beforeEach(async () => {
  at = await visit();
});

afterEach(() => at.end());

const WORDS = { en: { pooled: 'Pooled map', after: 'After', back: 'Gradient that comes back' }, ko: { pooled: '풀링한 맵', after: '적용 후', back: '되돌아오는 기울기' } } as const;

/** The numbers of the second matrix with a caption: that of pooling. */
async function last(caption: string): Promise<readonly string[]> {
  return at.page.locator('figure.matrix', { has: at.page.locator('figcaption', { hasText: caption }) }).last().locator('td').allTextContents();
}

describe.skipIf(WITHOUT_BROWSER)('ReLU and pooling', () => {
  it.each(LANGUAGES)('has the lecture’s numbers, forward and back, %s', async (language) => {
    const { pooled, after, back } = WORDS[language];
    await at.open('7-pooling', language);
    await at.page.waitForFunction((caption) => [...document.querySelectorAll('figcaption')].filter((one) => one.textContent === caption).length === 2, back);
    await at.page.getByText(pooled).waitFor();
    expect(await matrix(at.page, pooled)).toEqual(['29', '25', '23', '19']);
    expect(await matrix(at.page, after)).toEqual('2 0 0 9 1 0 2 2 6 0 0 6 4 5 9 7 5 6 0 8 1 7 5 6 7'.split(' '));
    expect(await last(back)).toEqual('0 1 0 0 0 0 0 1 0 0 0 1 0 1 0 0'.split(' '));
    expect(await at.axe()).toEqual([]);
  });

  it('averages, and shares the gradient', async () => {
    await at.open('7-pooling', 'en', 'pool=average');
    await at.page.getByText('Pooled map').waitFor();
    expect(await matrix(at.page, 'Pooled map')).toEqual(['18.5', '12.25', '18.25', '10.5']);
    await at.page.waitForFunction(() => document.querySelectorAll('figcaption').length === 6);
    expect(new Set(await last('Gradient that comes back'))).toEqual(new Set(['0.25']));
    await at.page.getByRole('radio', { name: 'Global average' }).check();
    await at.page.waitForFunction(() => location.hash.includes('pool=global'));
    await at.page.getByRole('button', { name: `${cellName('en', 'Pooled map', 1, 1)}: 14.88` }).waitFor();
  });
});
