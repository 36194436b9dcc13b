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

const WORDS = { en: { map: 'Feature map', uses: 'How many windows see each pixel' }, ko: { map: '특징 맵', uses: '픽셀마다 몇 개의 창이 보는가' } } as const;

describe.skipIf(WITHOUT_BROWSER)('stride, padding, dilation', () => {
  it.each(LANGUAGES)('begins with the lecture’s map, and counts who sees each pixel, %s', async (language) => {
    const { map, uses } = WORDS[language];
    await at.open('5-stride', language);
    await at.page.getByText(uses, { exact: true }).waitFor();
    expect(await matrix(at.page, map)).toEqual(['181', '204', '227', '195', '203', '166', '179', '206', '150']);
    expect(await matrix(at.page, uses)).toEqual('1 2 3 2 1 2 4 6 4 2 3 6 9 6 3 2 4 6 4 2 1 2 3 2 1'.split(' '));
    expect(await at.axe()).toEqual([]);
  });

  it('pads, and strides: the size follows the formula', async () => {
    await at.open('5-stride', 'en', 'p=1');
    await at.page.getByText('How many windows see each pixel').waitFor();
    expect(await at.page.textContent('.formula')).toBe('⌊(5 + 2·1 − 1·(3 − 1) − 1) / 1⌋ + 1 = 5');
    expect((await matrix(at.page, 'Feature map')).length).toBe(25);
    expect((await matrix(at.page, 'How many windows see each pixel'))[0]).toBe('4');
    await at.page.getByRole('slider', { name: 'Stride' }).fill('2');
    await at.page.waitForFunction(() => document.querySelector('.formula')?.textContent === '⌊(5 + 2·1 − 1·(3 − 1) − 1) / 2⌋ + 1 = 3');
    // Every second row and column of the map before, of which the middle one is the lecture's.
    await at.page.waitForFunction(() => location.hash.includes('s=2'));
    expect((await matrix(at.page, 'Feature map'))[4]).toBe('203');
  });

  it('takes the kernel along with the pointer, and by keyboard', async () => {
    await at.open('5-stride', 'en', 'd=2');
    const grid = at.page.locator('figure.matrix').first();
    await grid.locator('td').nth(24).hover();
    expect(await grid.locator('td.now').count()).toBe(9);
    expect(await matrix(at.page, 'Feature map')).toHaveLength(1);
    await at.page.getByRole('slider', { name: 'Dilation' }).fill('1');
    await at.page.getByRole('button', { name: `${cellName('en', 'Feature map', 3, 3)}: 150` }).focus();
    expect(await grid.locator('td.now').allTextContents()).toEqual('3 0 5 8 5 2 4 3 6'.split(' '));
    await at.page.waitForFunction(() => location.hash.includes('cell=8'));
  });

  it('follows a finger that is drawn over the grid, which fits a phone', async () => {
    const phone = await visit({ viewport: { width: 390, height: 844 }, hasTouch: true });
    await phone.open('5-stride', 'en', 'n=7&p=2');
    const grid = phone.page.locator('figure.matrix').first();
    await grid.locator('td.now').first().waitFor();
    expect(await grid.evaluate((figure) => figure.scrollWidth <= figure.clientWidth)).toBe(true);
    await grid.locator('td').nth(120).scrollIntoViewIfNeeded();
    const box = (await grid.locator('td').nth(120).boundingBox())!;
    const middle = { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 };
    // As browsers send it: to the cell where the finger came down.
    await grid.locator('td button').first().dispatchEvent('pointermove', { ...middle, buttons: 1, bubbles: true });
    await phone.page.waitForFunction(() => location.hash.includes('cell=80'));
    await phone.end();
  });

  it.each([['en', 'spans 9 pixels, but the image with its padding has only 5'], ['ko', '9픽셀에 걸치는데 패딩을 두른 이미지는 5픽셀뿐']] as const)('says why a setting is impossible, and goes on, %s', async (language, words) => {
    await at.open('5-stride', language, 'k=5&d=2');
    await at.page.getByText(words).waitFor();
    await at.page.getByRole('slider').nth(3).fill('2');
    await at.page.waitForFunction(() => document.querySelector('.formula strong')?.textContent === '1');
    expect(await at.page.getByRole('alert').count()).toBe(0);
  });
});
