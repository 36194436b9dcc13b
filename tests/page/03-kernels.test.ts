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

const EDGE = { en: 'Edge', ko: '윤곽' } as const;

/** Largest difference between the two pictures, of 255. */
const difference = (): Promise<number> => at.page.evaluate(() => {
  const [a, b] = [...document.querySelectorAll<HTMLCanvasElement>('.kernels-view canvas')].map((one) => one.getContext('2d')!.getImageData(0, 0, one.width, one.height).data);
  return a!.reduce((most, value, i) => Math.max(most, Math.abs(value - b![i]!)), 0);
});

describe.skipIf(WITHOUT_BROWSER)('kernels on a photo', () => {
  it.each(LANGUAGES)('leaves the photo as it is by the kernel of one, and not by the edge kernel, %s', async (language) => {
    await at.open('3-kernels', language, 'k=0,0,0,0,1,0,0,0,0');
    await at.page.locator('.kernels-view canvas').nth(1).waitFor();
    expect(await difference()).toBe(0);
    await at.page.getByRole('button', { name: EDGE[language], exact: true }).click();
    await at.page.waitForFunction(() => {
      const [, after] = document.querySelectorAll<HTMLCanvasElement>('.kernels-view canvas');
      const { data } = after!.getContext('2d')!.getImageData(0, 0, after!.width, after!.height);
      return data.filter((value, i) => i % 4 < 3 && value < 40).length > data.length / 4;
    });
    expect(await difference()).toBeGreaterThan(100);
    expect(await at.axe()).toEqual([]);
    // Chromium's advice is for this test, which reads the canvas over and over.
    at.problems.splice(0, at.problems.length, ...at.problems.filter((one) => !one.includes('willReadFrequently')));
  });
});
