import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WITHOUT_BROWSER } from '../support/chromium.js';
import { LANGUAGES, lecture, matrix } from './harness.js';
import type { Visit } from './harness.js';

const { visit } = lecture();
let at: Visit;

beforeEach(async () => {
  at = await visit();
});

afterEach(() => at.end());

const MAP = { en: 'Feature map', ko: '특징 맵' } as const;

describe.skipIf(WITHOUT_BROWSER)('convolution by hand', () => {
  it.each(LANGUAGES)('has the lecture’s numbers, %s', async (language) => {
    await at.open('2-by-hand', language);
    await at.page.waitForSelector('.formula');
    expect(await matrix(at.page, MAP[language])).toEqual(['181', '204', '227', '195', '203', '166', '179', '206', '150']);
    expect(await at.page.textContent('.formula')).toContain('7×5 + 2×9 + 8×1 + 3×3 + 6×8 + 6×3 + 1×3 + 6×4 + 3×6 = 181');
    expect(await at.axe()).toEqual([]);
  });

  it('explains each cell that is focused, and steps', async () => {
    await at.open('2-by-hand', 'en', 'step=8');
    await at.page.waitForSelector('.formula');
    expect(await at.page.textContent('.formula')).toContain('= 150');
    await at.page.getByRole('button', { name: 'Feature map 1, 2' }).focus();
    expect(await at.page.textContent('.formula')).toContain('2×5 + 8×9 + 8×1 + 6×3 + 6×8 + 6×3 + 6×3 + 3×4 + 0×6');
    await at.page.getByRole('button', { name: 'One back' }).click();
    await at.page.waitForFunction(() => location.hash.includes('step=7'));
    expect(await at.page.textContent('.formula')).toContain('= 206');
  });

  it('computes what is typed, turns the kernel, and says so in the address', async () => {
    await at.open('2-by-hand', 'en');
    await at.page.getByLabel('Kernel 1, 1').fill('0');
    await at.page.getByLabel('Kernel 1, 1').press('Enter');
    await at.page.waitForFunction(() => document.querySelector('.formula strong')?.textContent === '146');
    await at.page.waitForFunction(() => location.hash.includes('k=0,9,1,3,8,3,3,4,6'));
    await at.open('2-by-hand', 'en', 'way=convolution');
    await at.page.waitForFunction(() => document.querySelector('.formula')?.textContent?.includes('7×6 + 2×4 + 8×3'));
  });
});
