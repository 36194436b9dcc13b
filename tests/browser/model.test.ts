/// <reference types="vite/client" />
/** The built package in a browser, every variant. */
import { AbortedError, DisposedError, load, WasmError } from 'receptive';
import { describe, expect, it, onTestFinished } from 'vitest';
import modelUrl from '../../examples/assets/squeezenet1_1.safetensors?url';
import answers from '../image/expected.json';
import { VARIANTS } from './browser.js';

const photoUrls = import.meta.glob<string>(['../image/photos/*', '../../examples/assets/photos/*'], {
  query: '?url',
  import: 'default',
  eager: true,
});

function urlOf(photo: string): string {
  const found = Object.entries(photoUrls).find(([path]) => path.endsWith(`/${photo}`));
  if (!found) throw new Error(`no photo ${photo}`);
  return found[1];
}

describe.each(VARIANTS)('%s', (variant) => {
  it('tells what is on six photos as ONNX Runtime does', async () => {
    const model = await load(modelUrl, { variant });
    expect(model.variant).toBe(variant);
    const photos = Object.entries(answers.squeezenet1_1);
    expect(photos).toHaveLength(6);
    for (const [photo, want] of photos) {
      const { top } = await model.classify(urlOf(photo), { topK: 10 });
      expect([photo, top[0]?.index]).toEqual([photo, want.top5[0]?.[0]]);
      const probability = new Map(want.probability as unknown as readonly (readonly [number, number])[]);
      for (const { index, probability: got } of top) {
        const difference = Math.abs(got - (probability.get(index) ?? NaN));
        if (!(difference <= 1e-3)) throw new Error(`${photo}: class ${index} is ${difference} off`);
      }
    }
    await model.dispose();
  });
});

it('takes relaxed SIMD where the browser has it, and else says so to whom asks for it', async () => {
  const relaxed = VARIANTS.includes('relaxed');
  const model = await load(modelUrl);
  expect(model.variant).toBe(relaxed ? 'relaxed' : 'simd');
  await model.dispose();
  const asked = load(modelUrl, { variant: 'relaxed' });
  if (relaxed) await (await asked).dispose();
  else await expect(asked).rejects.toThrow(/variant: expected an engine with relaxed WebAssembly/);
});

describe('what goes wrong', () => {
  it('names the address where WebAssembly should have been', async () => {
    const html = new URL('no-such.wasm', location.href).href;
    const loading = load(modelUrl, { wasm: html });
    await expect(loading).rejects.toBeInstanceOf(WasmError);
    await expect(loading).rejects.toThrow(html);
  });

  it('says what an image lacks: pixels that may be read, fewer of them, or that it is one', async () => {
    const model = await load(modelUrl, { threads: 1 });
    onTestFinished(() => model.dispose());
    const shown = async (src: string): Promise<HTMLImageElement> => {
      const image = Object.assign(new Image(), { src });
      await image.decode();
      return image;
    };
    // One that is still loading is waited for.
    const loading = Object.assign(new Image(), { src: `${urlOf('dog.jpg')}?anew` });
    expect(loading.complete).toBe(false);
    const [early, late] = [await model.classify(loading), await model.classify(await shown(urlOf('dog.jpg')))];
    expect(early.top).toEqual(late.top);
    // One that never will has no pixels.
    await expect(model.classify(Object.assign(new Image(), { src: '/no-such-photo.jpg' }))).rejects.toMatchObject({ code: 'image', message: expect.stringMatching(/expected pixels, got none: .*no-such-photo\.jpg gave no image; check the address in its src/) as string });
    const foreign = new URL(urlOf('dog.jpg'), location.href);
    foreign.hostname = '127.0.0.1';
    await expect(model.classify(await shown(foreign.href))).rejects.toMatchObject({ code: 'image', message: expect.stringContaining('CORS headers') as string });
    const address = URL.createObjectURL(await (await fetch(urlOf('dog.jpg'))).blob());
    const large = await shown(address);
    URL.revokeObjectURL(address);
    for (const exact of [false, true]) {
      await expect(model.classify(large, { maxPixels: 1000, exact })).rejects.toMatchObject({ code: 'image', expected: 'at most 1000 pixels' });
    }
    const strangers: [unknown, RegExp][] = [
      [document.createElement('div'), /got HTMLDivElement; give an img/],
      [document.createElement('select').options, /got HTMLOptionsCollection; give one of them: list\[0\]/],
      [new Response('x'), /got Response; give what its blob\(\) resolves to/],
      [new ReadableStream(), /got ReadableStream; give what new Response\(stream\)/],
      [document.createElement('canvas').getContext('2d'), /give its \.canvas/],
    ];
    for (const [given, message] of strangers) {
      await expect(model.classify(given as Blob), String(given)).rejects.toMatchObject({ code: 'argument', message: expect.stringMatching(message) as string });
    }
    expect((await model.classify(large)).top).toHaveLength(5);
  });

  it('stops loading when aborted, and runs when disposed', async () => {
    const controller = new AbortController();
    const loading = load(modelUrl, { signal: controller.signal });
    controller.abort();
    await expect(loading).rejects.toBeInstanceOf(AbortedError);
    const model = await load(modelUrl);
    const running = model.run(new Float32Array(3 * 227 * 227));
    const disposing = model.dispose();
    await expect(running).rejects.toBeInstanceOf(DisposedError);
    await disposing;
    await expect(model.run(new Float32Array(1))).rejects.toBeInstanceOf(DisposedError);
  });
});
