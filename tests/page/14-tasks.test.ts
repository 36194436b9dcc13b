import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { load } from 'receptive';
import type { DetectedBox, SegmentClass } from 'receptive';
import { readDigits, scenes } from 'receptive/train';
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

/** The digits of the scene, as they lie on it. */
const truth = async (): Promise<readonly string[]> => {
  await at.page.waitForSelector('.cuts li');
  return at.page.$$eval('.cuts li', (items) => items.map((item) => item.dataset['truth'] ?? ''));
};

const boxes = async (): Promise<readonly string[]> => {
  await at.page.waitForSelector('[data-boxes]');
  return ((await at.page.getAttribute('[data-boxes]', 'data-boxes')) ?? '').split(',');
};

const asset = (path: string): string => fileURLToPath(new URL(`../../examples/assets/${path}`, import.meta.url));

/** What Node says of the pixels of a scene. */
async function segmented(number: number): Promise<readonly SegmentClass[]> {
  const digits = await readDigits(readFileSync(asset('digits/t10k-images-idx3-ubyte.gz')), readFileSync(asset('digits/t10k-labels-idx1-ubyte.gz')));
  const { image, width, height } = scenes({ digits, seed: 17, perScene: [2, 5] }).at(number);
  await using model = await load(asset('scenes/unet.safetensors'));
  const data = Uint8Array.from({ length: 3 * image.length }, (_, i) => image[Math.floor(i / 3)]!);
  return (await model.segment({ data, width, height, channels: 3 })).classes;
}

describe.skipIf(WITHOUT_BROWSER)('not only classes', () => {
  it.each(LANGUAGES)('four networks answer: class and boxes as it is, pixels as in Node, %s', async (language) => {
    await at.open('14-tasks', language, 'scene=2');
    const digits = [...(await truth())].sort();
    expect(digits.length).toBeGreaterThanOrEqual(2);
    expect((await at.page.$$eval('.cuts li', (items) => items.map((item) => item.dataset['index']))).sort()).toEqual(digits);
    expect([...(await boxes())].sort()).toEqual(digits);
    const cells = ((await at.page.getAttribute('[data-cells]', 'data-cells')) ?? '').split(',').map(Number);
    expect(cells.every((cell) => cell >= 0 && cell < 256)).toBe(true);
    expect(new Set(cells).size).toBe(digits.length);
    const stages = await at.page.waitForSelector('[data-proposals]');
    expect(Number(await stages.getAttribute('data-proposals'))).toBeGreaterThan(digits.length);
    expect(((await stages.getAttribute('data-objects')) ?? '').split(',').sort()).toEqual(digits);
    await at.page.waitForFunction(() => [...document.querySelectorAll('.shape')].every((shape) => shape.textContent !== ''));
    expect(await at.page.locator('.shape').allTextContents()).toEqual(['[N, 10]', '[N, 14, 256]', '[N, 100, 4] [N, 100] [N, 100] [N] [N, 5]', '[N, 11, H, W]']);
    await at.page.waitForSelector('[data-shares]');
    const shares = ((await at.page.getAttribute('[data-shares]', 'data-shares')) ?? '').split(',').map((one) => one.split(':') as [string, string]);
    const want = await segmented(1);
    expect(shares.map(([label]) => label)).toEqual(want.map(({ label }) => label));
    want.forEach(({ share, label }, i) => {
      const difference = Math.abs(share - Number(shares[i]?.[1]));
      if (!(difference <= 1e-3)) throw new Error(`${label}: ${difference} apart`);
    });
    expect(await at.axe()).toEqual([]);
    await at.shot(`14-tasks-${language}`);
  });

  it('keeps many boxes where none suppresses another, and none at a score that none has', async () => {
    await at.open('14-tasks', 'en', 'scene=2&iou=1&score=0.05');
    const digits = await truth();
    expect((await boxes()).length).toBeGreaterThan(digits.length);
    await at.page.getByLabel('Least score').fill('1');
    await at.page.waitForSelector('[data-boxes=""]', { state: 'attached' });
    await at.page.waitForFunction(() => location.hash.includes('score=1'));
  });

  it('suppresses step by step: one step a box that is kept, and those struck are told with their IoU', async () => {
    await at.open('14-tasks', 'en', 'scene=2&score=0.05');
    const kept = (await boxes()).length;
    const steps = at.page.locator('[data-suppression]');
    expect(Number(await steps.getAttribute('data-suppression'))).toBe(kept);
    expect(Number(await steps.getAttribute('data-struck'))).toBeGreaterThan(0);
    expect(await steps.locator('rect.struck').count()).toBe(Number(await steps.getAttribute('data-struck')));
    await steps.getByRole('button', { name: 'One on' }).click();
    expect(await steps.locator('rect.kept').count()).toBe(1);
    expect(await steps.locator('rect.now').count()).toBe(1);
  });

  it('says which part could not be loaded, and the others answer', async () => {
    await at.context.route(/unet.*safetensors/, (route) => route.fulfill({ status: 503 }));
    await at.open('14-tasks', 'en', 'scene=2');
    expect((await boxes()).length).toBeGreaterThan(0);
    await at.page.waitForSelector('.part .error');
    expect(await at.page.locator('.part .error').count()).toBe(1);
    expect(at.problems.splice(0).every((problem) => problem.includes('503'))).toBe(true);
  });

  it.each(LANGUAGES)('finds the same boxes on a photo as Node, at the score and the overlap of the sliders, %s', async (language) => {
    const words = { en: { fetch: /^Fetch both networks/, score: 'Least score' }, ko: { fetch: /^두 신경망 받기/, score: '최소 점수' } }[language];
    const asked: string[] = [];
    at.page.on('request', (request) => asked.push(request.url()));
    await at.open('14-tasks', language, 'photo=coffee&iou=0.6&score=0.2');
    await boxes();
    expect(asked.filter((url) => /nanodet|selfie/.test(url))).toEqual([]);
    await at.page.getByRole('button', { name: words.fetch }).click();
    const shown = await at.page.waitForSelector('[data-found]');
    const found = JSON.parse((await shown.getAttribute('data-found'))!) as readonly DetectedBox[];
    await using detector = await load(asset('nanodet.safetensors'));
    const want = (await detector.detect(asset('photos/coffee.png'), { score: 0.2, iou: 0.6 })).boxes;
    expect(want.length).toBeGreaterThan(3);
    expect(found.map(({ label }) => label)).toEqual(want.map(({ label }) => label));
    // Another variant of the kernels rounds otherwise.
    want.forEach(({ score, left, top, width, height }, i) => {
      const box = found[i]!;
      expect(box.score).toBeCloseTo(score, 4);
      for (const [a, b] of [[box.left, left], [box.top, top], [box.width, width], [box.height, height]] as const) expect(Math.abs(a - b)).toBeLessThan(0.05);
    });
    await using segmenter = await load(asset('selfie.safetensors'));
    const persons = await at.page.waitForSelector('[data-persons]');
    const share = (await segmenter.segment(asset('photos/coffee.png'))).classes.find(({ label }) => label === 'person')!.share;
    expect(Math.abs(Number(await persons.getAttribute('data-persons')) - share)).toBeLessThan(1e-3);
    expect(await at.axe()).toEqual([]);
    await at.shot(`14-photo-${language}`);
    await at.page.emulateMedia({ colorScheme: 'dark' });
    await at.page.waitForSelector('html[data-theme="dark"]');
    expect(await at.axe()).toEqual([]);
    await at.page.locator('.photo-tasks').getByLabel(words.score).fill('1');
    await at.page.waitForSelector('[data-found="[]"]');
    await at.page.locator('.photo-tasks .sample').first().click();
    await at.page.waitForFunction(() => location.hash.includes('photo=cat'));
  });

  it('tells when the networks for photos do not come, and fetches them again', async () => {
    await at.context.route(/nanodet.*safetensors/, (route) => route.fulfill({ status: 503 }));
    await at.open('14-tasks', 'en');
    await at.page.getByRole('button', { name: /^Fetch both networks/ }).click();
    await at.page.waitForSelector('.photo-tasks .error');
    await at.context.unroute(/nanodet.*safetensors/);
    await at.page.locator('.photo-tasks').getByRole('button', { name: 'Try again' }).click();
    await at.page.waitForSelector('[data-found]');
    expect(at.problems.splice(0).every((problem) => problem.includes('503'))).toBe(true);
  });
});
