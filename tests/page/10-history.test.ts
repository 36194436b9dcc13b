import { load } from 'receptive';
import { lenet5, resnet18 } from 'receptive/models';
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

const row = async (net: string): Promise<readonly string[]> => {
  await at.page.waitForSelector(`tr[data-net=${net}]`);
  return at.page.locator(`tr[data-net=${net}] > *`).allTextContents();
};

describe.skipIf(WITHOUT_BROWSER)('LeNet to ResNet', () => {
  it.each(LANGUAGES)('has the numbers of the papers, %s', async (language) => {
    await at.open('10-history', language);
    expect(await row('lenet')).toEqual(['LeNet-5', '1998', '5', '61,706', '416,520', '–']);
    expect(await row('alexnet')).toEqual(['AlexNet', '2012', '8', '61,100,840', '714,188,480', '–']);
    expect(await row('vgg')).toEqual(['VGG-16', '2014', '16', '138,357,544', '15,470,264,320', '–']);
    expect(await row('resnet')).toEqual(['ResNet-18', '2015', '21', '11,689,512', '1,814,073,344', '–']);
    expect(await at.axe()).toEqual([]);
    await at.shot(`10-history-${language}`);
  });

  it('shows its table on a narrow screen too', async () => {
    await at.page.setViewportSize({ width: 390, height: 844 });
    await at.open('10-history', 'en');
    await at.page.waitForSelector('tr[data-net=vgg]', { state: 'visible' });
  });

  it('draws all layers of a network inside the picture', async () => {
    for (const [net, layers] of [['lenet', 5], ['alexnet', 8], ['vgg', 16], ['resnet', 21]] as const) {
      await at.open('10-history', 'en', `net=${net}`);
      await at.page.waitForSelector(`.net.now[data-drawing=${net}]`);
      expect(await at.page.locator('.net.now rect').count()).toBe(layers);
      const ends = await at.page.$$eval('.net.now rect', (bars) => bars.map((bar) => Number(bar.getAttribute('x')) + Number(bar.getAttribute('width'))));
      expect(Math.max(...ends)).toBeLessThanOrEqual(640);
    }
  });

  it('measures a network here', async () => {
    await at.open('10-history', 'en', 'net=lenet');
    await at.page.getByRole('button', { name: 'Measure LeNet-5' }).click();
    await at.page.waitForFunction(() => /^[\d.,]+$/.test(document.querySelector('tr[data-net=lenet] td:last-child')?.textContent ?? ''));
  });

  it('trains LeNet with ReLU and with tanh: tanh leads, ReLU overtakes', async () => {
    await at.open('10-history', 'en', 'seed=2');
    await at.page.getByRole('button', { name: 'Train both' }).click();
    const losses = async (): Promise<readonly [update: number, relu: number, tanh: number]> => {
      const [, update, relu, tanh] = /update (\d+): ReLU ([\d.]+), tanh ([\d.]+)/.exec((await at.page.locator('.activations .now').textContent())!)!.map(Number) as [number, number, number, number];
      return [update, relu, tanh];
    };
    await at.page.waitForFunction(() => Number(document.querySelector<HTMLElement>('.activations')?.dataset['updates']) >= 10);
    const early = await losses();
    if (early[0] <= 30) expect(early[2]).toBeLessThan(early[1]);
    await at.page.waitForSelector('.activations[data-updates="100"] [role=status]');
    const [update, relu, tanh] = await losses();
    expect(update).toBe(100);
    expect(relu).toBeLessThan(0.05);
    expect(tanh).toBeGreaterThan(2 * relu);
    expect(await at.page.locator('.activations .u-legend').count()).toBe(1);
    expect(await at.axe()).toEqual([]);
  });

  it.each([[5, 2], [7, 3]])('says what a kernel of side %i sees and costs, and %i of side 3', async (side, count) => {
    await at.open('10-history', 'en', `kernel=${side}&c=32`);
    await at.page.waitForSelector(`.stacks [data-count="${count}"]`);
    const numbers = (of: number): Promise<readonly string[]> => at.page.locator(`.stacks [data-count="${of}"] dd`).allTextContents();
    const written = (weights: number): string => weights.toLocaleString('en');
    const [small, large] = [count * 9 * 32 * 32, side * side * 32 * 32];
    expect(await numbers(count)).toEqual([`${side}×${side}`, written(small), written(small * 56 * 56)]);
    expect(await numbers(1)).toEqual([`${side}×${side}`, written(large), written(large * 56 * 56)]);
    expect(await at.page.locator(`.stacks [data-count="${count}"] rect`).count()).toBe(count + 1);
  });

  it('opens chapter 13 as it says', async () => {
    await at.open('10-history', 'en');
    await at.page.getByRole('link', { name: '20 layers, all skips off' }).click();
    await at.page.waitForSelector('.vanishing');
    await at.page.waitForFunction(() => document.querySelectorAll('.skipped [aria-pressed=false]').length === 10);
  });
});

describe('what the chapter counts from a graph', () => {
  it.each([['LeNet-5', lenet5({ input: [1, 1, 28, 28] }), 416_520], ['ResNet-18', resnet18({ input: [1, 3, 224, 224] }), 1_814_073_344]] as const)('is what the loaded network says, %s', async (_, graph, macs) => {
    const weights = Object.fromEntries(graph.params.map(({ name, shape }) => [name, { dtype: 'float32' as const, shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.01) }]));
    await using model = await load(graph, { weights });
    expect((await model.flops()).total / 2).toBe(macs);
  });
});
