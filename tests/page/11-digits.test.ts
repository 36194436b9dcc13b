import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WITHOUT_BROWSER } from '../support/chromium.js';
import { draw as drawOn } from './drawing.js';
import { LANGUAGES, lecture } from './harness.js';
import type { Visit } from './harness.js';

const { visit } = lecture();
let at: Visit;

beforeEach(async () => {
  at = await visit();
});

afterEach(() => at.end());

const draw = (digits: string, scale?: number, shift?: readonly [number, number]): Promise<void> => drawOn(at.page, digits, scale, shift);
const reads = (digits: string): Promise<unknown> => at.page.waitForSelector(`section.digits[data-read="${digits}"]`);
const ready = (): Promise<unknown> => at.page.waitForSelector('.answers > p:not([role])');

describe.skipIf(WITHOUT_BROWSER)('draw a digit', () => {
  it.each(LANGUAGES)('is read from recorded strokes, %s', async (language) => {
    await at.open('11-digits', language);
    await ready();
    await draw('7');
    await reads('7');
    const chances = (await at.page.locator('.bars .value').allTextContents()).map((text) => Number.parseFloat(text));
    expect(chances.length).toBe(10);
    expect(chances[7]).toBeGreaterThan(80);
    expect(Math.abs(chances.reduce((sum, part) => sum + part, 0) - 100)).toBeLessThan(1); // each is rounded
    expect(await at.axe()).toEqual([]);
    await at.page.emulateMedia({ colorScheme: 'dark' });
    await at.page.waitForSelector('html[data-theme="dark"]');
    expect(await at.axe()).toEqual([]);
    await at.shot(`11-digits-${language}`);
  });

  it('is read where it is small and in a corner', async () => {
    await at.open('11-digits', 'en');
    await ready();
    await draw('2', 0.45, [0.5, 0.02]);
    await reads('2');
  });

  it('reads a code of five', async () => {
    await at.open('11-digits', 'en', 'mode=code');
    await ready();
    await draw('27140');
    await reads('27140');
    await at.shot('11-digits-code');
    // The drawing is in the address: who opens that sees it.
    await at.page.waitForFunction(() => location.hash.includes('c='));
    await at.page.reload();
    await reads('27140');
    await at.page.getByRole('button', { name: 'An example' }).click();
    await reads('04524');
  });

  it('shows what each layer answers, anew while it is drawn', async () => {
    await at.open('11-digits', 'en');
    await ready();
    await draw('1');
    await reads('1');
    const names = ['conv1', 'relu1', 'pool1', 'conv2', 'relu2', 'pool2', 'fc1', 'relu3', 'fc2', 'relu4', 'fc3'];
    await at.page.waitForFunction((count) => document.querySelectorAll('.layers li').length === count, names.length);
    expect(await at.page.locator('.layers li').evaluateAll((items) => items.map((item) => (item as HTMLElement).dataset['layer']))).toEqual(names);
    const [first, scores] = [at.page.locator('[data-layer=conv1] canvas'), at.page.locator('[data-layer=fc3] canvas')];
    expect(await first.evaluate((sheet: HTMLCanvasElement) => [sheet.width, sheet.height])).toEqual([6 * 29 - 1, 28]);
    const brightest = (): Promise<number> => scores.evaluate((sheet: HTMLCanvasElement) => {
      const grey = [...pixelsOf(sheet)].filter((_, at) => at % 4 === 0);
      return grey.indexOf(Math.max(...grey));
    });
    await expect.poll(brightest).toBe(1);
    const before = await first.getAttribute('aria-label');
    await at.page.getByRole('button', { name: 'Clear' }).click();
    await draw('0');
    await reads('0');
    await expect.poll(brightest).toBe(0);
    expect(await first.getAttribute('aria-label')).not.toBe(before);
  });

  it('shows the layers of the digit of a code that is chosen', async () => {
    await at.open('11-digits', 'en', 'mode=code&place=2');
    await ready();
    await at.page.getByRole('button', { name: 'An example' }).click();
    await reads('04524');
    const label = at.page.locator('[data-layer=fc3] canvas');
    const of = await label.getAttribute('aria-label');
    await at.page.getByRole('button', { name: /^Digit 3 as/ }).click();
    await at.page.waitForFunction(() => location.hash.includes('place=3'));
    await expect.poll(() => label.getAttribute('aria-label')).not.toBe(of);
    expect(await at.axe()).toEqual([]);
  });

  it('can be drawn by keyboard', async () => {
    await at.open('11-digits', 'en');
    await ready();
    const pad = at.page.locator('canvas.pad');
    await pad.focus();
    await pad.press(' ');
    for (let i = 0; i < 14; i++) await pad.press('ArrowDown');
    await pad.press(' ');
    await reads('1');
    await pad.press('Delete');
    await at.page.waitForSelector('section.digits[data-read="_"]');
  });
});
