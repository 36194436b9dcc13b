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
    await at.page.getByRole('button', { name: cellName('en', 'Feature map', 1, 2) }).focus();
    expect(await at.page.textContent('.formula')).toContain('2×5 + 8×9 + 8×1 + 6×3 + 6×8 + 6×3 + 6×3 + 3×4 + 0×6');
    await at.page.getByRole('button', { name: 'One back' }).click();
    await at.page.waitForFunction(() => location.hash.includes('step=7'));
    expect(await at.page.textContent('.formula')).toContain('= 206');
  });

  it('is one stop of the tabulator for each matrix, whose cells the arrows lead to', async () => {
    await at.open('2-by-hand', 'en');
    await at.page.waitForSelector('.formula');
    expect(await at.page.locator('table [tabindex="0"]').count()).toBe(3);
    const focused = (): Promise<string | null> => at.page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? null);
    await at.page.getByRole('button', { name: cellName('en', 'Feature map', 1, 1) }).focus();
    const visited: (string | null)[] = [];
    for (const key of ['ArrowRight', 'ArrowDown', 'End', 'ArrowRight', 'Home', 'Control+End', 'Control+Home']) {
      await at.page.keyboard.press(key);
      visited.push(await focused());
    }
    expect(visited).toEqual([[1, 2, 204], [2, 2, 203], [2, 3, 166], [2, 3, 166], [2, 1, 195], [3, 3, 150], [1, 1, 181]].map(([row, column, value]) => `${cellName('en', 'Feature map', row!, column!)}: ${value}`));
    // In a field the arrows go on when they have come to the end of its text.
    await at.page.getByRole('textbox', { name: cellName('en', 'Image', 1, 1) }).focus();
    await at.page.keyboard.press('ArrowRight');
    expect(await focused()).toBe(cellName('en', 'Image', 1, 2));
    await at.page.keyboard.type('17');
    await at.page.keyboard.press('ArrowLeft');
    expect(await focused()).toBe(cellName('en', 'Image', 1, 2));
    await at.page.keyboard.press('Home');
    await at.page.keyboard.press('ArrowLeft');
    expect(await focused()).toBe(cellName('en', 'Image', 1, 1));
  });

  it('computes what is typed, turns the kernel, and says so in the address', async () => {
    await at.open('2-by-hand', 'en');
    const first = at.page.getByRole('textbox', { name: cellName('en', 'Kernel', 1, 1) });
    await first.fill('0');
    await first.press('Enter');
    await at.page.waitForFunction(() => document.querySelector('.formula strong')?.textContent === '146');
    await at.page.waitForFunction(() => location.hash.includes('k=0,9,1,3,8,3,3,4,6'));
    await at.open('2-by-hand', 'en', 'way=convolution');
    await at.page.waitForFunction(() => document.querySelector('.formula')?.textContent?.includes('7×6 + 2×4 + 8×3'));
  });

  it('keeps what is typed before the first paint', async () => {
    await at.page.addInitScript((name) => {
      const watch = new MutationObserver(() => {
        const field = document.querySelector<HTMLInputElement>(`input[aria-label="${name}"]`);
        if (!field) return;
        watch.disconnect();
        field.value = '0';
        field.dispatchEvent(new Event('change', { bubbles: true }));
      });
      watch.observe(document, { childList: true, subtree: true });
    }, cellName('en', 'Kernel', 1, 1));
    await at.open('2-by-hand', 'en');
    await at.page.waitForFunction(() => location.hash.includes('k=0,9,1,3,8,3,3,4,6'));
    expect(await at.page.locator('.formula strong').textContent()).toBe('146');
  });
});
