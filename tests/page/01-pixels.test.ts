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

const WORDS = { en: { red: 'Red', edges: 'What a convolution for upright edges sees', shuffle: 'Shuffle all pixels' }, ko: { red: '빨강', edges: '세로 윤곽을 찾는 합성곱의 결과', shuffle: '모든 픽셀 섞기' } } as const;

describe.skipIf(WITHOUT_BROWSER)('pixels', () => {
  it.each(LANGUAGES)('keeps the sum of the fully connected unit where the map changes, %s', async (language) => {
    const { red, edges, shuffle } = WORDS[language];
    await at.open('1-pixels', language, 'c=red');
    await at.page.getByText(edges).waitFor();
    expect((await matrix(at.page, red)).slice(8, 12)).toEqual(['235', '220', '220', '235']);
    const [map, unit] = [await matrix(at.page, edges), await at.page.locator('.formula strong').textContent()];
    const before = await at.page.locator('figure.matrix').last().textContent();
    await at.page.getByRole('checkbox', { name: shuffle }).check();
    await at.page.waitForFunction((first) => [...document.querySelectorAll('figure.matrix')].at(-1)?.textContent !== first, before);
    expect(await matrix(at.page, edges)).not.toEqual(map);
    expect(await at.page.locator('.formula strong').textContent()).toBe(unit);
    expect(await at.axe()).toEqual([]);
  });

  it.each(LANGUAGES)('zooms into a photo until its numbers appear, by buttons, keys and the wheel, %s', async (language) => {
    const { zoom, grey } = { en: { zoom: 'Zoom in', grey: 'Grey' }, ko: { zoom: '확대', grey: '회색조' } }[language];
    await at.open('1-pixels', language, 'photo=coffee');
    const shown = (width: number): Promise<void> => at.page.locator(`.zoom canvas[width="${width}"]`).waitFor();
    await shown(128);
    expect(await at.page.locator('figure.matrix').count()).toBe(0);
    await at.page.getByRole('button', { name: zoom, exact: true }).click();
    await shown(64);
    await at.page.locator('.zoom-place').focus();
    await at.page.keyboard.press('+');
    await shown(32);
    await at.page.locator('.zoom-place').hover();
    await at.page.mouse.wheel(0, -100);
    await shown(16);
    await at.page.locator('.zoom canvas').click();
    await shown(8);
    await at.page.locator('figure.matrix').first().waitFor();
    const values = await matrix(at.page, grey);
    expect(values).toHaveLength(64);
    await at.page.locator('.zoom-place').focus();
    await at.page.keyboard.press('ArrowLeft');
    await at.page.waitForFunction((before) => [...document.querySelectorAll('figure.matrix')][0]?.querySelector('tbody')?.textContent !== before, values.join(''));
    await at.page.waitForFunction(() => /zoom=4/.test(location.hash) && /at=/.test(location.hash));
    expect(await at.axe()).toEqual([]);
  });
});
