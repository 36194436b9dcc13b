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

/** The number that a cell writes: 1.1×10⁻⁹ */
function numberOf(written: string): number {
  const plain = written.replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]/g, (sign) => (sign === '⁻' ? '-' : String('⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(sign))));
  return Number(plain.replace('×10', 'e').replaceAll(',', ''));
}

/** Norms of the layers, from the first on. */
async function norms(kind: 'plain' | 'skips'): Promise<readonly number[]> {
  return (await at.page.locator(`.gradients td:has(.${kind}) .value`).allTextContents()).map(numberOf);
}

const within = (value: number, target: number, factor: number): void => {
  expect(value).toBeGreaterThan(target / factor);
  expect(value).toBeLessThan(target * factor);
};

describe.skipIf(WITHOUT_BROWSER)('vanishing gradients', () => {
  it.each(LANGUAGES)('shows what arrives at 20 layers before the first update, %s', async (language) => {
    await at.open('13-vanishing', language);
    await at.page.waitForSelector('.gradients');
    const [plain, skips] = [await norms('plain'), await norms('skips')];
    expect([plain.length, skips.length]).toEqual([20, 20]);
    plain.forEach((norm, layer) => expect(norm).toBeLessThan(skips[layer]!));
    // Of PyTorch, with its own random numbers: 1.1e-9 to 1.8e-2, and with skips 8.0e-2 to 1.3e-1.
    within(plain[0]!, 1.1e-9, 20);
    within(plain[19]!, 1.8e-2, 5);
    within(skips[0]!, 8e-2, 5);
    within(skips[19]!, 1.3e-1, 5);
    const factors = (await at.page.locator('.vanishing .factor').allTextContents()).map(Number);
    expect(factors[0]).toBeCloseTo(Math.sqrt(1 / 6), 1);
    within(factors[1]!, 1, 1.15);
    expect(await at.axe()).toEqual([]);
    await at.page.emulateMedia({ colorScheme: 'dark' });
    await at.page.waitForSelector('html[data-theme="dark"]');
    expect(await at.axe()).toEqual([]);
    await at.shot(`13-vanishing-${language}`);
  });

  it('trains both side by side: the one with skips learns, the plain one does not', async () => {
    await at.open('13-vanishing', 'en');
    await at.page.waitForSelector('.gradients');
    await at.page.getByRole('button', { name: 'Train both' }).click();
    await at.page.waitForFunction(() => Number(document.querySelector<HTMLElement>('section.vanishing')?.dataset['step']) >= 40);
    await at.page.getByRole('button', { name: 'Pause' }).click();
    const [plain, skips] = (await at.page.locator('.lossNow strong').allTextContents()).map((text) => Number(text.replace('loss ', '')));
    const [below, above] = [await norms('plain'), await norms('skips')];
    below.slice(0, 12).forEach((norm, layer) => expect(norm).toBeLessThan(above[layer]!));
    // Guessing by how often each digit occurs has a loss of 2.28.
    expect(plain).toBeGreaterThan(2.25);
    expect(skips).toBeLessThan(2.2);
  });

  it('takes skips out: one makes the gradients in front of it smaller, and without any both networks are one', async () => {
    await at.open('13-vanishing', 'en', 'd=8');
    await at.page.waitForSelector('.gradients');
    const whole = await norms('skips');
        const first = at.page.locator('.gradients td:has(.skips) .value').first();
    const before = await first.textContent();
    await at.page.getByRole('button', { name: 'Skip 3, round layers 5 and 6' }).click();
    await at.page.waitForFunction(() => location.hash.includes('cut=3'));
    await at.page.waitForFunction((was) => ![undefined, was].includes(document.querySelector('.gradients td:has(.skips) .value')?.textContent ?? undefined), before);
    const one = await norms('skips');
    expect(one[0]!).toBeLessThan(whole[0]!);
    await at.page.getByRole('button', { name: 'All off' }).click();
    await at.page.waitForFunction(() => location.hash.includes('cut=1,2,3,4'));
    await at.page.waitForFunction(() => {
      const [plain, skips] = ['plain', 'skips'].map((kind) => document.querySelector(`.gradients td:has(.${kind}) .value`)?.textContent);
      return plain !== undefined && plain === skips;
    });
    expect(await norms('skips')).toEqual(await norms('plain'));
    await at.page.getByRole('button', { name: 'All on' }).click();
    await at.page.waitForFunction(() => !location.hash.includes('cut='));
  });

  it('takes another depth, and BatchNorm, after which gradients grow on their way back', async () => {
    await at.open('13-vanishing', 'en', 'd=8&bn=1');
    await at.page.waitForSelector('.gradients');
    const plain = await norms('plain');
    expect(plain.length).toBe(8);
    expect(plain[0]!).toBeGreaterThan(plain[7]!);
    await at.page.getByLabel('BatchNorm behind every convolution').uncheck();
    await at.page.waitForFunction(() => !location.hash.includes('bn=1'));
    await at.page.waitForFunction(() => document.querySelector('.gradients .value')?.textContent?.includes('10⁻'));
    const without = await norms('plain');
    within(without[0]! / without[7]!, Math.sqrt(1 / 6) ** 7, 10);
    await at.page.getByRole('button', { name: 'One update' }).click();
    await at.page.waitForSelector('section.vanishing[data-step="1"]');
  });
});
