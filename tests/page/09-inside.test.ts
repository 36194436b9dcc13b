import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { load, unitField } from 'receptive';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expected, photoPath } from '../image/expected.js';
import { modelBytes } from '../onnx/build.js';
import { WITHOUT_BROWSER } from '../support/chromium.js';
import { LANGUAGES, lecture } from './harness.js';
import type { Visit } from './harness.js';

const MODEL = fileURLToPath(new URL('../../examples/assets/squeezenet1_1.safetensors', import.meta.url));
const PHOTO = '.inside .source input[accept="image/*"]';
const OWN = '.inside .source input[accept=".onnx,.safetensors"]';

const { visit } = lecture();
let at: Visit;

beforeEach(async () => {
  at = await visit();
});

afterEach(() => at.end());

interface Shown {
  readonly index: number;
  readonly probability: number;
}

/** The classes on show for a photo, by its name. */
async function answer(photo: string): Promise<readonly Shown[]> {
  await at.page.waitForSelector(`#labels[data-photo="${photo}"] li`);
  return at.page.$$eval('#labels li', (items) => items.map((item) => ({ index: Number(item.dataset['index']), probability: Number(item.dataset['probability']) })));
}

const top = async (photo: string): Promise<number | undefined> => (await answer(photo))[0]?.index;

describe.skipIf(WITHOUT_BROWSER)('inside a real network', () => {
  it('says of six photos what Node says', async () => {
    await using model = await load(MODEL);
    await at.open('9-inside');
    const photos = Object.entries(expected.squeezenet1_1);
    expect(photos).toHaveLength(6);
    for (const [photo, want] of photos) {
      await at.page.setInputFiles(PHOTO, photoPath(photo));
      const shown = await answer(photo);
      const node = await model.classify(photoPath(photo));
      expect(shown[0]?.index).toBe(want.top5[0]?.[0]);
      expect(shown.map(({ index }) => index)).toEqual(node.top.map(({ index }) => index));
      node.top.forEach(({ probability }, i) => {
        const difference = Math.abs(probability - (shown[i]?.probability ?? Number.NaN));
        if (!(difference <= 1e-3)) throw new Error(`${photo}: ${difference} apart`);
      });
    }
  });

  it('keeps the main thread free: it neither decodes, nor reads pixels, nor compiles or runs anything', async () => {
    await at.page.addInitScript(() => {
      const seen: string[] = [];
      Object.assign(globalThis, { seen });
      const watch = (owner: object, name: string): void => {
        const original: unknown = Reflect.get(owner, name);
        if (typeof original !== 'function') return;
        const watched = new Proxy(original, {
          apply: (target, self, args) => (seen.push(name), Reflect.apply(target, self, args) as unknown),
          construct: (target, args) => (seen.push(name), Reflect.construct(target, args) as object),
        });
        Object.defineProperty(owner, name, { value: watched, configurable: true, writable: true });
      };
      for (const name of ['createImageBitmap', 'VideoFrame', 'ImageDecoder']) watch(globalThis, name);
      for (const name of ['drawImage', 'getImageData']) watch(CanvasRenderingContext2D.prototype, name);
      for (const name of ['drawImage', 'getImageData']) watch(OffscreenCanvasRenderingContext2D.prototype, name);
      for (const name of ['Module', 'Instance', 'compile', 'compileStreaming', 'instantiate', 'instantiateStreaming']) watch(WebAssembly, name);
    });
    await at.open('9-inside');
    for (const photo of ['dog.jpg', 'astronaut.png', 'coffee.png']) {
      await at.page.setInputFiles(PHOTO, photoPath(photo));
      await answer(photo);
    }
    await at.page.waitForSelector('.strips li:nth-child(63)');
    expect(await at.page.evaluate(() => Reflect.get(globalThis, 'seen') as unknown)).toEqual([]);
    await at.page.evaluate(() => createImageBitmap(new Blob()).catch(() => undefined));
    expect(await at.page.evaluate(() => Reflect.get(globalThis, 'seen') as unknown)).toEqual(['createImageBitmap']);
  });

  it('takes a sample by click, a photo by drop, and shows times', async () => {
    await at.open('9-inside');
    await at.page.getByRole('button', { name: 'A cup of coffee' }).click();
    expect(await top('coffee')).toBe(967);
    expect(await at.page.getByRole('button', { name: 'A cup of coffee' }).getAttribute('aria-pressed')).toBe('true');
    await at.page.waitForFunction(() => location.hash.includes('photo=coffee'));
    expect(await at.page.textContent('#times')).toMatch(/Decode\d.*ms.*Network\d.*ms.*Kernels(simd|relaxed|scalar)/);
    const cat = readFileSync(photoPath('chelsea.png')).toString('base64');
    await at.page.evaluate((base64) => {
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], 'cat.png', { type: 'image/png' }));
      document.querySelector('.inside')?.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }, cat);
    expect(await top('cat.png')).toBe(285);
  });

  it('says kindly what is no photo, and goes on', async () => {
    await at.open('9-inside');
    await answer('cat');
    await at.page.setInputFiles(PHOTO, { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('<!doctype html>') });
    await at.page.waitForSelector('.error');
    expect(await at.page.textContent('.error')).toMatch(/cannot be read as a picture.*notes\.txt: expected an image, got a file that starts like an HTML page/);
    await at.page.setInputFiles(PHOTO, { name: 'empty.png', mimeType: 'image/png', buffer: Buffer.alloc(0) });
    await at.page.waitForFunction(() => document.querySelector('.error')?.textContent?.includes('0 bytes'));
    await at.page.setInputFiles(PHOTO, photoPath('dog.jpg'));
    expect(await top('dog.jpg')).toBe(537);
    expect(await at.page.isVisible('.error')).toBe(false);
  });

  it('works without a network once it has been loaded', async () => {
    await at.open('9-inside');
    await at.page.evaluate(async () => void (await navigator.serviceWorker.ready));
    await at.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await at.page.waitForSelector('.inside .all');
    await at.context.setOffline(true);
    await at.page.reload();
    expect(await top('cat')).toBe(285);
  });

  it('offers to try again when the network could not be loaded', async () => {
    let broken = true;
    await at.context.route(/squeezenet1_1.*safetensors/, (route) => (broken ? route.fulfill({ status: 503 }) : route.continue()));
    await at.open('9-inside');
    await at.page.waitForSelector('.error button');
    expect(await at.page.textContent('.error')).toMatch(/503/);
    broken = false;
    await at.page.click('.error button');
    expect(await top('cat')).toBe(285);
    expect(at.problems.splice(0).every((problem) => problem.includes('503'))).toBe(true);
  });

  it.each(LANGUAGES)('shows the maps of every layer, and what each takes, %s', async (language) => {
    await at.open('9-inside', language, 'layer=features.7');
    await at.page.waitForSelector('.inside .all');
    expect(await at.page.textContent('.inside figcaption')).toMatch(/256.*63×63.* 8 /);
    await at.page.waitForSelector('.strips li:nth-child(63)');
    expect(await at.page.locator('.strips li').count()).toBe(63); // 65 layers, less dropout and what is flat
    expect(await at.page.textContent('.inside')).toMatch(/65.*1\.24.*353/);
    await at.page.locator('.layer-times button').click();
    await at.page.waitForSelector('.layer-times .bars');
    expect(await at.page.locator('.layer-times .bars li').count()).toBeGreaterThan(20);
    expect(await at.axe()).toEqual([]);
    await at.shot(`9-inside-${language}`);
  });

  it.each(LANGUAGES)('draws what a unit sees, cut at the edges of every map before it, %s', async (language) => {
    await at.open('9-inside', language, 'layer=features.7&row=0&column=13');
    const note = at.page.locator('[data-field="features.7"]');
    await note.waitFor();
    await using model = await load(MODEL);
    const box = unitField(await model.summary(), 'features.7', [0, 13])!;
    expect(box.y).toBe(0);
    expect(box.height).toBeLessThan(63);
    expect(await note.textContent()).toContain(`${box.y}–${box.y + box.height - 1}`);
    expect(await note.textContent()).toContain(`${box.x}–${box.x + box.width - 1}`);
    expect(await at.page.locator('.field svg rect').getAttribute('width')).toBe(String(box.width));
  });

  it.each(LANGUAGES)('shows where a hidden part makes the score fall, %s', async (language) => {
    await at.open('9-inside', language);
    await at.page.locator('.occlusion button').click();
    const note = at.page.locator('.occlusion [data-heat]');
    await note.waitFor();
    const falls = ((await note.getAttribute('data-heat')) ?? '').split(' ').map(Number);
    expect(falls).toHaveLength(81);
    expect(Math.max(...falls)).toBeGreaterThan(1);
    expect(new Set(falls).size).toBeGreaterThan(70);
    expect(await at.axe()).toEqual([]);
    await at.shot(`9-inside-hidden-${language}`);
  });

  it.each(LANGUAGES)('draws the network as a graph, whose layers are chosen by a click or by keys, %s', async (language) => {
    await at.open('9-inside', language);
    const layers = at.page.locator('.network [role="radio"]');
    await expect.poll(() => layers.count(), { timeout: 60_000 }).toBe(65);
    const placeOf = async (name: string): Promise<readonly (string | null)[]> => {
      const one = at.page.locator(`.network [role="radio"][aria-label^="${name},"]`);
      return [await one.getAttribute('data-row'), await one.getAttribute('data-lane')];
    };
    const [one, three, squeeze] = [await placeOf('features.3.expand1x1'), await placeOf('features.3.expand3x3'), await placeOf('features.3.squeeze_activation')];
    expect([one[0], three[0]]).toEqual([String(Number(squeeze[0]) + 1), String(Number(squeeze[0]) + 1)]);
    expect(one[1]).not.toBe(three[1]);
    expect(await at.page.locator('.network [aria-checked="true"]').getAttribute('aria-label')).toMatch(/^features\.0, Conv2d, 64×\d+×\d+/);
    await at.page.locator('.network [aria-label^="features.3.expand3x3,"]').click();
    await at.page.waitForSelector('.all[data-layer="features.3.expand3x3"]');
    await at.page.locator('.network [aria-checked="true"]').focus();
    await at.page.keyboard.press('ArrowDown');
    await at.page.waitForSelector('.network [aria-checked="true"][aria-label^="features.3.expand3x3_activation,"]:focus');
    await at.page.waitForSelector('.all[data-layer="features.3.expand3x3_activation"]');
    expect(await at.axe()).toEqual([]);
  });

  it.each(LANGUAGES)('shows what speaks for a class, and fetches the engine of training only then, %s', async (language) => {
    const asked: string[] = [];
    at.page.on('request', (request) => asked.push(request.url()));
    await at.open('9-inside', language);
    await at.page.waitForSelector('.cam button');
    await at.page.waitForSelector('.inside .all');
    const before = asked.filter((url) => url.endsWith('.wasm')).length;
    const training = (): number => asked.filter((url) => /train-inline/.test(url)).length;
    expect(training()).toBe(0);
    await at.page.locator('.cam > button').click();
    const note = at.page.locator('.cam [data-heat]');
    await note.waitFor();
    expect(training()).toBe(1);
    expect(asked.filter((url) => url.endsWith('.wasm')).length).toBeGreaterThan(before);
    const values = async (): Promise<readonly number[]> => ((await note.getAttribute('data-heat')) ?? '').split(' ').map(Number);
    const first = await values();
    expect(first).toHaveLength(13 * 13);
    expect(Math.min(...first)).toBeGreaterThanOrEqual(0);
    expect(new Set(first).size).toBeGreaterThan(100);
    expect(Math.max(...first)).toBeGreaterThan(0.1);
    expect(await note.textContent()).toMatch(/features\.12/);
    await at.page.locator('.cam .choice label').nth(1).click();
    await expect.poll(async () => (await values()).join(), { timeout: 60_000 }).not.toBe(first.join());
    expect(await at.axe()).toEqual([]);
    await at.shot(`9-inside-cam-${language}`);
  });

  const ownOnnx = Buffer.from(modelBytes({
    inputs: { x: [1, 3, 8, 8] }, outputs: ['y'], weights: { w: [[4, 3, 3, 3], Array.from({ length: 108 }, (_, i) => Math.sin(i))] },
    nodes: [
      { op: 'Conv', name: 'conv', inputs: ['x', 'w'], outputs: ['a'] }, { op: 'Relu', name: 'bent', inputs: ['a'], outputs: ['b'] },
      { op: 'GlobalAveragePool', name: 'mean', inputs: ['b'], outputs: ['c'] }, { op: 'Flatten', name: 'flat', inputs: ['c'], outputs: ['y'] },
    ],
  }));

  it('opens a learner’s ONNX file, and says why it has no heat map', async () => {
    await at.open('9-inside');
    await answer('cat');
    await at.page.setInputFiles(OWN, { name: 'own.onnx', mimeType: 'application/octet-stream', buffer: ownOnnx });
    await at.page.waitForFunction(() => document.querySelector('.cam')?.textContent?.includes('receptive convert'), undefined, { timeout: 40_000 });
    expect(await at.page.locator('#labels li').count()).toBe(4);
    expect(await at.page.locator('.network [role="radio"]').count()).toBeGreaterThanOrEqual(3);
  });

  it('goes on with a file that comes while the network before still answers', async () => {
    await at.open('9-inside');
    for (let i = 0; i < 4; i++) {
      // Whatever it is at: opening, classifying, drawing what the network sees.
      await at.page.locator('.look img').waitFor();
      await at.page.setInputFiles(OWN, { name: `own${i}.onnx`, mimeType: 'application/octet-stream', buffer: ownOnnx });
    }
    await at.page.waitForFunction(() => document.querySelector('.cam')?.textContent?.includes('receptive convert'));
    expect(await at.page.locator('.inside').textContent()).toContain('own3.onnx');
  });

  it.each(LANGUAGES)('lists what is in the way of a file that cannot run, %s', async (language) => {
    const file = modelBytes({
      inputs: { x: [1, 3, 8, 8] }, outputs: ['y'],
      nodes: [{ op: 'Swirl', name: 'turned', inputs: ['x'], outputs: ['a'] }, { op: 'Magic', domain: 'org.example', name: 'theirs', inputs: ['a'], outputs: ['y'] }],
    });
    await at.open('9-inside', language);
    await answer('cat');
    await at.page.setInputFiles(OWN, { name: 'own.onnx', mimeType: 'application/octet-stream', buffer: Buffer.from(file) });
    const rows = at.page.locator('.gaps tbody tr');
    await rows.first().waitFor();
    expect(await rows.allTextContents()).toEqual(language === 'en'
      ? ['turnedSwirl (17)There is no such operator here.', expect.stringMatching(/^theirsorg\.example\.Magic .*custom domain\.$/)]
      : ['turnedSwirl (17)여기에 없는 연산자입니다.', expect.stringMatching(/^theirsorg\.example\.Magic .*다른 곳에서 정의한 연산자입니다\.$/)]);
    expect(await at.axe()).toEqual([]);
    await at.shot(`9-inside-gaps-${language}`);
  });

  it('opens a learner’s own network, and says what is none', async () => {
    await at.open('9-inside');
    await answer('cat');
    await at.page.setInputFiles(OWN, { name: 'broken.onnx', mimeType: 'application/octet-stream', buffer: Buffer.from('no network') });
    await at.page.waitForSelector('.error');
    expect(await at.page.textContent('.error p')).toMatch(/no network that can be read/);
    await at.page.setInputFiles(OWN, fileURLToPath(new URL('../../examples/assets/scenes/lenet5.safetensors', import.meta.url)));
    await at.page.waitForSelector('#labels li');
    expect(await at.page.textContent('.inside')).toContain('lenet5.safetensors');
  });
});
