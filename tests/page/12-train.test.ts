import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accompanied, batchOf, reordered } from '../../examples/page/chapters/12-train/data.js';
import { WITHOUT_BROWSER } from '../support/chromium.js';
import { draw } from './drawing.js';
import { LANGUAGES, lecture } from './harness.js';
import type { Visit } from './harness.js';

const { visit } = lecture();
let at: Visit;

beforeEach(async () => {
  at = await visit();
});

afterEach(() => at.end());

const TRAIN = { en: 'Train', ko: '학습' } as const;
const READY = 'section.train[data-step="0"] .figures';

/** Waits until it has learned for so many updates. */
const updates = (count: number): Promise<unknown> => at.page.waitForFunction((wanted) => Number(document.querySelector<HTMLElement>('section.train')?.dataset['step']) >= wanted, count);
const accuracy = (): Promise<number> => at.page.$eval('section.train', (section) => Number((section as HTMLElement).dataset['accuracy']));

describe.skipIf(WITHOUT_BROWSER)('train it', () => {
  it.each(LANGUAGES)('learns from nothing, %s', async (language) => {
    await at.open('12-train', language);
    await at.page.waitForSelector(READY);
    expect(await accuracy()).toBeLessThan(0.3);
    expect(await at.page.locator('.confusion td').count()).toBe(100);
    const before = await at.page.locator('.kernels svg').first().getAttribute('aria-label');
    await at.page.getByRole('button', { name: TRAIN[language], exact: true }).click();
    await updates(100);
    await at.page.getByRole('button', { name: language === 'en' ? 'Pause' : '멈춤', exact: true }).click();
    expect(await accuracy()).toBeGreaterThan(0.8);
    expect(await at.page.locator('.kernels svg').first().getAttribute('aria-label')).not.toBe(before);
    const counts = await at.page.locator('.confusion td').allTextContents();
    expect(counts.reduce((sum, count) => sum + Number(count), 0)).toBe(1000);
    expect(await at.axe()).toEqual([]);
    await at.page.emulateMedia({ colorScheme: 'dark' });
    await at.page.waitForSelector('html[data-theme="dark"]');
    expect(await at.axe()).toEqual([]);
    await at.shot(`12-train-${language}`);
  });

  it('reads 95 % of digits never seen after at most ten rounds', async () => {
    await at.open('12-train', 'en');
    await at.page.waitForSelector(READY);
    await at.page.getByRole('button', { name: 'Train', exact: true }).click();
    await at.page.waitForFunction(() => Number(document.querySelector<HTMLElement>('section.train')?.dataset['accuracy']) >= 0.95);
    expect(await at.page.$eval('section.train', (section) => Number((section as HTMLElement).dataset['step']))).toBeLessThan(1570);
    expect(await at.page.locator('.misread canvas').count()).toBe(12);
  });

  it('shows overfitting: of 200 digits, more without convolutions', async () => {
    const unseen: number[] = [];
    for (const net of ['lenet', 'dense']) {
      await at.page.goto('about:blank');
      await at.open('12-train', 'en', `n=200&net=${net}`);
      await at.page.waitForSelector(READY);
      await at.page.getByRole('button', { name: 'Train', exact: true }).click();
      await updates(200);
      await at.page.getByRole('button', { name: 'Pause' }).click();
      await at.page.waitForFunction(() => document.querySelectorAll('.figures dd')[3]?.textContent === '100%');
      unseen.push(await accuracy());
    }
    expect(unseen[0]!).toBeLessThan(0.9);
    expect(unseen[1]!).toBeLessThan(unseen[0]!);
  });

  it('goes on one update at a time, and begins again with the same numbers', async () => {
    await at.open('12-train', 'en', 'n=200&seed=7');
    await at.page.waitForSelector(READY);
    const kernel = (): Promise<string | null> => at.page.locator('.kernels svg').first().getAttribute('aria-label');
    const first = await kernel();
    for (const step of [1, 2]) {
      await at.page.getByRole('button', { name: 'One update' }).click();
      await at.page.waitForSelector(`section.train[data-step="${step}"]`);
    }
    const moved = await kernel();
    expect(moved).not.toBe(first);
    await at.page.getByRole('button', { name: 'From the start again' }).click();
    await at.page.waitForSelector(READY);
    expect(await kernel()).toBe(first);
    await at.page.getByLabel('Fully connected only').check();
    await at.page.waitForSelector('text=This network has no kernels');
    await at.page.waitForFunction(() => location.hash.includes('net=dense'));
  });

  it('saves its weights, and opens them again; other files are refused in words', async () => {
    await at.open('12-train', 'en', 'n=2000');
    await at.page.waitForSelector(READY);
    await at.page.getByRole('button', { name: 'Train', exact: true }).click();
    await updates(40);
    await at.page.getByRole('button', { name: 'Pause' }).click();
    // What is on show is the last judgement: one more update brings it up to date.
    await at.page.getByRole('button', { name: 'One update' }).click();
    await at.page.waitForFunction(() => document.querySelector('section.train [role="status"]')?.textContent !== '');
    const [download] = await Promise.all([at.page.waitForEvent('download'), at.page.getByRole('button', { name: 'Save the weights' }).click()]);
    expect(download.suggestedFilename()).toBe('lenet.safetensors');
    const file = await download.path();
    await at.page.getByRole('button', { name: 'From the start again' }).click();
    await at.page.waitForSelector(READY);
    expect(await accuracy()).toBeLessThan(0.3);
    await at.page.locator('input[type="file"]').setInputFiles(file);
    await at.page.waitForFunction(() => Number(document.querySelector<HTMLElement>('section.train')?.dataset['accuracy']) > 0.6);
    await at.page.locator('input[type="file"]').setInputFiles({ name: 'a.safetensors', mimeType: 'application/octet-stream', buffer: Buffer.from('no weights') });
    await at.page.waitForSelector('.error[role="alert"]');
    await at.page.getByRole('button', { name: 'From the start again' }).click();
    await at.page.waitForSelector(READY);
  });

  it('waits while the tab is hidden, and goes on when it is seen again', async () => {
    await at.open('12-train', 'en', 'n=200');
    await at.page.waitForSelector(READY);
    const hide = (hidden: boolean): Promise<void> => at.page.evaluate((now) => {
      Object.defineProperty(document, 'hidden', { configurable: true, value: now });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
    await at.page.getByRole('button', { name: 'Train', exact: true }).click();
    await updates(5);
    await hide(true);
    await at.page.getByRole('button', { name: 'Train', exact: true }).waitFor();
    const step = async (): Promise<number> => Number(await at.page.getAttribute('section.train', 'data-step'));
    // An update that is under way ends; then there is none any more. Without the pause the loop would not end.
    let stopped = -1;
    for (let now = await step(); now !== stopped; now = await step()) {
      stopped = now;
      await at.page.waitForTimeout(2000);
    }
    await hide(false);
    await updates(stopped + 40);
    await at.page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
  });

  it('says what to do when it does not learn', async () => {
    await at.open('12-train', 'ko', 'opt=sgd&lr=1&n=200');
    await at.page.waitForSelector(READY);
    await at.page.getByRole('button', { name: '학습', exact: true }).click();
    await at.page.waitForSelector('.error[role="alert"]');
    expect(await at.page.textContent('.error')).toContain('학습률을 줄이고');
    await at.page.getByRole('button', { name: '처음부터 다시' }).click();
    await at.page.waitForSelector(READY);
    expect(await at.page.locator('.error').count()).toBe(0);
  });

  it.each(LANGUAGES)('learns own digits beside the others: a seven that is called a three is read as one, %s', async (language) => {
    const { add, remove, pause } = { en: { add: '3', remove: 'Remove your 3', pause: 'Pause' }, ko: { add: '3', remove: '내가 쓴 3 지우기', pause: '멈춤' } }[language];
    await at.open('12-train', language, 'n=2000');
    await at.page.waitForSelector(READY);
    await draw(at.page, '7');
    await at.page.getByRole('button', { name: add, exact: true }).click();
    const own = at.page.locator('.own-digits li');
    await own.waitFor();
    // Judged before it has learned anything.
    await at.page.waitForSelector('.own-digits li[data-label="3"][data-answer]');
    const ink = await own.locator('canvas').evaluate((picture: HTMLCanvasElement) => [...pixelsOf(picture)].filter((value, i) => i % 4 === 0 && value > 128).length);
    expect(ink).toBeGreaterThan(40);
    await at.page.getByRole('button', { name: TRAIN[language], exact: true }).click();
    await at.page.waitForSelector('section.train[data-step]:not([data-step="0"]) ~ section.own li[data-label="3"][data-answer="3"]');
    await updates(200);
    await at.page.waitForSelector('.own-digits li[data-answer="3"]');
    await at.page.getByRole('button', { name: pause, exact: true }).click();
    expect(await accuracy()).toBeGreaterThan(0.8);
    expect(await at.axe()).toEqual([]);
    await at.shot(`12-own-${language}`);
    await at.page.emulateMedia({ colorScheme: 'dark' });
    await at.page.waitForSelector('html[data-theme="dark"]');
    expect(await at.axe()).toEqual([]);
    await at.page.getByRole('button', { name: remove }).click();
    await at.page.waitForSelector('section.own[data-own="0"]');
    expect(await own.count()).toBe(0);
  });

  it.each(LANGUAGES)('shuffles all pixels: the fully connected network does not mind, the convolution does, %s', async (language) => {
    await at.open('1-pixels', language);
    await at.page.locator('main a[href*="12-train"][href*="mix=1"]').first().click();
    await at.page.waitForSelector(READY);
    await at.page.getByRole('button', { name: language === 'en' ? 'Train all four, 100 updates each' : '넷 모두 100번씩 학습' }).click();
    // One after the other: a busy machine has the time of a wait for each.
    for (const of of ['[data-net="dense"][data-shuffled="false"]', '[data-net="dense"][data-shuffled="true"]', '[data-net="lenet"][data-shuffled="false"]', '[data-net="lenet"][data-shuffled="true"]']) {
      await at.page.waitForSelector(`td${of}[data-accuracy]`);
    }
    await at.page.waitForSelector('.shuffled[data-running="false"]');
    const right = (net: string, shuffled: boolean): Promise<number> => at.page.locator(`td[data-net="${net}"][data-shuffled="${shuffled}"]`).evaluate((cell) => Number((cell as HTMLElement).dataset['accuracy']));
    const [dense, denseShuffled, lenet, lenetShuffled] = [await right('dense', false), await right('dense', true), await right('lenet', false), await right('lenet', true)];
    expect(dense).toBeGreaterThan(0.8);
    expect(Math.abs(dense - denseShuffled)).toBeLessThan(0.04);
    expect(lenet).toBeGreaterThan(dense);
    expect(lenetShuffled).toBeLessThan(lenet - 0.06);
    expect(await at.axe()).toEqual([]);
    await at.shot(`12-shuffled-${language}`);
    await at.page.emulateMedia({ colorScheme: 'dark' });
    await at.page.waitForSelector('html[data-theme="dark"]');
    expect(await at.axe()).toEqual([]);
  });
});

describe('digits that are learned from', () => {
  const few = batchOf([{ id: 1, label: 4, pixels: Float32Array.from({ length: 784 }, (_, i) => i) }]);
  const set = { length: 2, get: (indices: ArrayLike<number>) => batchOf(Array.from(indices, (index) => ({ id: index, label: index, pixels: new Float32Array(784).fill(index) }))) };

  it('have those beside them that are there when a batch is read', async () => {
    let more: typeof few | undefined;
    const both = accompanied(set, () => more);
    expect((await both.get([1, 0])).x.shape).toEqual([2, 1, 28, 28]);
    more = few;
    const { x, y } = await both.get([1, 0]);
    expect(x.shape).toEqual([3, 1, 28, 28]);
    expect([...y.data]).toEqual([1, 0, 4]);
    expect([x.data[0], x.data[784], x.data[2 * 784 + 5]]).toEqual([1, 0, 5]);
    more = undefined;
    expect((await both.get([0])).y.data).toHaveLength(1);
  });

  it('keep all pixels when they are put in another order', () => {
    const order = Uint32Array.from({ length: 784 }, (_, i) => 783 - i);
    expect([...reordered(few, order).x.data]).toEqual([...few.x.data].reverse());
  });
});
