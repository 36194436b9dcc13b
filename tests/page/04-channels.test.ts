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
});
