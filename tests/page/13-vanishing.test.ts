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
    // Of PyTorch, with its own random numbers: 1.1e-9 to 1.8e-2, and with skips 8.0e-2 to 1.3e-1.
    within(plain[0]!, 1.1e-9, 20);
    within(plain[19]!, 1.8e-2, 5);
    within(skips[0]!, 8e-2, 5);
    within(skips[19]!, 1.3e-1, 5);
    const factors = (await at.page.locator('.vanishing .factor').allTextContents()).map(Number);
    expect(factors[0]).toBeCloseTo(Math.sqrt(1 / 6), 1);
    within(factors[1]!, 1, 1.15);
    expect(await at.axe()).toEqual([]);
    await at.shot(`13-vanishing-${language}`);
  });
});
