import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
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

const WORDS = { en: { image: 'Image', matrix: 'Its im2col matrix', start: 'Start the race' }, ko: { image: '이미지', matrix: '이미지의 im2col 행렬', start: '경주 시작' } } as const;

/** As in Chellapilla, Puri and Simard: row (kh, kw), column (oh, ow), of the pixels 1 to 25. */
const MATRIX = [0, 1, 2].flatMap((kh) => [0, 1, 2].flatMap((kw) => [0, 1, 2].flatMap((oh) => [0, 1, 2].map((ow) => String((oh + kh) * 5 + ow + kw + 1)))));

describe.skipIf(WITHOUT_BROWSER)('the race', () => {
  it.each(LANGUAGES)('unfolds the image, and links each pixel with its copies, %s', async (language) => {
    const words = WORDS[language];
    await at.open('8-race', language);
    await at.page.locator('td.now').nth(9).waitFor();
    expect(await matrix(at.page, words.matrix)).toEqual(MATRIX);
    expect(await at.page.textContent('.panel')).toContain('13');
    expect(await at.page.locator('td.now').count()).toBe(1 + 9);
    await at.page.getByRole('button', { name: `${cellName(language, words.image, 1, 1)}: 1` }).focus();
    expect(await at.page.locator('td.now').count()).toBe(1 + 1);
    expect(await at.page.textContent('.panel .note')).toMatch(/100.*324/);
    expect(await at.axe()).toEqual([]);
  });

  it('shows the sources as they are in the repository, at most 80 lines each', async () => {
    await at.open('8-race', 'en', 'way=winograd');
    await at.page.locator('.rust pre').waitFor();
    const file = readFileSync(fileURLToPath(new URL('../../crates/lessons/src/lesson5_winograd.rs', import.meta.url)), 'utf8');
    expect((await at.page.textContent('.rust code'))?.trimEnd()).toBe(file.trimEnd());
    for (const name of ['Naive', 'im2col', 'Blocked', 'Register tile', 'Packed + SIMD']) {
      await at.page.getByRole('button', { name, exact: true }).click();
      await at.page.getByRole('region', { name: `Source: ${name}` }).waitFor();
      const lines = await at.page.locator('.rust .line').count();
      expect(lines).toBeGreaterThan(40);
      expect(lines).toBeLessThanOrEqual(80);
    }
  });

  it('races to the end: every version has a time, and all agree', async () => {
    await at.open('8-race', 'en', 'side=14&c=8');
    await at.page.getByRole('button', { name: 'Start the race' }).click();
    await at.page.getByText('Round 7 of 7').waitFor({ timeout: 60_000 });
    await at.page.getByRole('button', { name: 'Start the race' }).waitFor();
    const rows = await at.page.locator('.race-table tbody tr').evaluateAll((all) => all.map((row) => [...row.querySelectorAll('td')].slice(1).map((cell) => cell.textContent ?? '')));
    expect(rows).toHaveLength(13);
    for (const [ms, gflops] of rows) {
      expect(Number(ms)).toBeGreaterThan(0);
      expect(Number(gflops!.replaceAll(',', ''))).toBeGreaterThan(0);
    }
    const differences = rows.slice(0, 12).map((row) => Number(row[3]!.replace('E', 'e')));
    for (const difference of differences) expect(!(difference <= 1e-4)).toBe(false);
    // Other orders of adding round otherwise: a zero for all would be one answer shown twelve times.
    expect(differences.filter((difference) => difference > 0).length).toBeGreaterThan(3);
    // 14 x 14 x 8 x 8 x 9 multiply-adds, and a matrix of 72 x 196 numbers of 4 bytes.
    expect(await at.page.locator('.panel .note').nth(1).textContent()).toMatch(/113K.*56\.4 kB/);
    expect(await at.axe()).toEqual([]);
  });

  it('stops, and measures over all sizes', async () => {
    await at.open('8-race', 'en', 'side=112&c=64');
    await at.page.getByRole('button', { name: 'Start the race' }).click();
    await at.page.getByRole('button', { name: 'Stop' }).click();
    await at.page.getByRole('button', { name: 'Start the race' }).waitFor();
    await at.page.getByRole('radio', { name: '8', exact: true }).check();
    await at.page.getByRole('button', { name: 'Over all sizes' }).click();
    await at.page.locator('.sizes th[scope="col"]').nth(4).waitFor();
    const rows = await at.page.locator('.sizes tbody tr').evaluateAll((all) => all.map((row) => [...row.querySelectorAll('td')].map((cell) => Number(cell.textContent))));
    expect(rows).toHaveLength(7);
    // 64 times the work, by the slowest way.
    expect(rows[0]![3]!).toBeGreaterThan(4 * rows[0]![0]!);
    await at.page.locator('.plot canvas').waitFor();
    expect(await at.axe()).toEqual([]);
  });
});
