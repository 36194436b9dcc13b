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

const numbersOf = (what: string): Promise<readonly string[]> => at.page.locator(`[data-cost="${what}"] dd`).allTextContents();

describe.skipIf(WITHOUT_BROWSER)('parameter sharing', () => {
  it.each(LANGUAGES)('compares LeNet’s first layer with a fully connected one, %s', async (language) => {
    await at.open('6-sharing', language);
    await at.page.locator('[data-cost="params"]').waitFor();
    // 784 * 4704 + 4704 against 6 * 25 + 6; 784 * 4704 against 784 * 6 * 25.
    expect(await numbersOf('params')).toEqual(['3,692,640', '156']);
    expect(await numbersOf('macs')).toEqual(['3,687,936', '117,600']);
    await at.page.locator('td.now').nth(4).waitFor();
    expect(await at.axe()).toEqual([]);
  });

  it('grows sixteenfold as the side doubles, where a convolution stays as it is', async () => {
    await at.open('6-sharing', 'en', 'side=7&m=1&k=3');
    await at.page.locator('[data-cost="params"]').waitFor();
    expect(await numbersOf('params')).toEqual([String(49 * 49 + 49).replace(/(\d)(\d{3})$/, '$1,$2'), '10']);
    await at.page.getByRole('radio', { name: '14', exact: true }).check();
    await at.page.waitForFunction(() => document.querySelector('[data-cost="params"] dd')?.textContent === '38,612');
    expect(await numbersOf('macs')).toEqual(['38,416', '1,764']);
    expect((await numbersOf('params'))[1]).toBe('10');
    await at.page.waitForFunction(() => location.hash.includes('side=14'));
  });

  it('writes the convolution as a fully connected layer: nine weights, and zeros', async () => {
    await at.open('6-sharing');
    await at.page.locator('td.now').nth(4).waitFor();
    const rows = [0, 1, 4, 5].map((first) => Array.from({ length: 16 }, (_, i) => ({ 0: 1, 1: 2, 2: 3, 4: 4, 5: 5, 6: 6, 8: 7, 9: 8, 10: 9 })[i - first] ?? 0));
    expect(await matrix(at.page, 'Its weights: a row for each output, a column for each pixel')).toEqual(rows.flat().map(String));
    expect(await at.page.locator('.panel').last().innerText()).toContain('Weight 5 stands at 4 places. 28 of all weights are 0.');
    await at.page.getByRole('button', { name: `${cellName('en', 'Kernel of 3 × 3, on an image of 4 × 4', 3, 3)}: 9` }).focus();
    await at.page.getByText('Weight 9 stands at 4 places.').waitFor();
  });
});
