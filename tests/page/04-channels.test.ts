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

const WORDS = { en: { parts: ['Red: its part', 'Green: its part', 'Blue: its part'], sum: 'Sum: the feature map' }, ko: { parts: ['빨강: 부분 결과', '초록: 부분 결과', '파랑: 부분 결과'], sum: '합: 특징 맵' } } as const;

const counted = (text: string): number => Number(text.replace('−', '-'));

describe.skipIf(WITHOUT_BROWSER)('channels and many kernels', () => {
  it.each(LANGUAGES)('adds the parts of the channels, %s', async (language) => {
    const { parts, sum } = WORDS[language];
    await at.open('4-channels', language);
    await at.page.getByText(sum).waitFor();
    const shown = await Promise.all(parts.map(async (caption) => (await matrix(at.page, caption)).map(counted)));
    expect(shown[0]).toEqual([1, 1, 1, -3]);
    expect((await matrix(at.page, sum)).map(counted)).toEqual([0, 1, 2, 3].map((cell) => shown.reduce((all, part) => all + part[cell]!, 0)));
    expect(await at.axe()).toEqual([]);
  });

  it('counts the parameters of LeNet’s layers', async () => {
    await at.open('4-channels', 'en', 'C=6&K=16&side=5');
    await at.page.getByText('= 2,416').waitFor();
  });

  it.each(LANGUAGES)('draws a map of the photo for each kernel, and no two are alike, %s', async (language) => {
    await at.open('4-channels', language, 'K=7&side=3');
    await at.page.locator('.channel-maps canvas').nth(6).waitFor();
    expect(await at.page.locator('.channel-maps canvas').count()).toBe(7);
    const maps = await at.page.locator('.channel-maps canvas').evaluateAll((all) => all.map((one) => (one as HTMLCanvasElement).toDataURL()));
    expect(new Set(maps).size).toBe(7);
    expect(await at.axe()).toEqual([]);
  });

  it('writes out the sum of the cell that is pointed at', async () => {
    await at.open('4-channels', 'en');
    await at.page.getByRole('button', { name: cellName('en', WORDS.en.sum, 2, 2) }).focus();
    const [terms = '', sum = ''] = ((await at.page.locator('.channel-sum').textContent()) ?? '').split(' = ');
    expect(terms.split(' + ')).toHaveLength(3);
    expect(terms.split(' + ').map((term) => counted(term.replace(/[()]/g, ''))).reduce((a, b) => a + b, 0)).toBe(counted(sum));
    expect(counted(sum)).toBe(counted((await matrix(at.page, WORDS.en.sum))[3]!));
  });
});
