import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { load } from 'receptive';
import type { Classification } from 'receptive';
import { describe, expect, it } from 'vitest';
import { expected, photoPath } from '../image/expected.js';

const MODEL = fileURLToPath(new URL('../../examples/assets/squeezenet1_1.safetensors', import.meta.url));
const photos = Object.entries(expected.squeezenet1_1);

/** float16 weights move a probability by 9.3e-4 at most on these photos; one wrong pixel or weight moves it further. */
const TOLERANCE = 1e-3;

function check(photo: string, { top }: Classification): void {
  const want = expected.squeezenet1_1[photo];
  const probability = new Map(want?.probability);
  expect(top[0]?.index).toBe(want?.top5[0]?.[0]);
  expect(top[0]?.label).toBe(want?.top5[0]?.[1]);
  for (const { index, probability: got } of top) {
    const difference = Math.abs(got - (probability.get(index) ?? Number.NaN));
    if (!(difference <= TOLERANCE)) throw new Error(`${photo}: class ${index} is ${difference} off`);
  }
}

describe('the net that ships', () => {
  const relaxed = WebAssembly.validate(Buffer.from('AGFzbQEAAAABBQFgAAF7AwIBAAoTAREAQQD9D0EA/Q9BAP0P/YUCCw==', 'base64'));
  for (const variant of ['scalar', 'simd', ...(relaxed ? (['relaxed'] as const) : [])] as const) {
    it(`tells what is on six photos as ONNX Runtime does (${variant})`, async () => {
      await using model = await load(MODEL, { variant });
      expect(model.variant).toBe(variant);
      expect(photos).toHaveLength(6);
      for (const [photo] of photos) check(photo, await model.classify(photoPath(photo), { topK: 10 }));
    });
  }

  it('is self-contained: bytes alone are enough, for encoded bytes of a photo too', async () => {
    await using model = await load(readFileSync(MODEL));
    check('coffee.png', await model.classify(readFileSync(photoPath('coffee.png'))));
  });

  it('gives probabilities that sum to 1 over all classes, and times that are there', async () => {
    await using model = await load(MODEL);
    const { top, ms } = await model.classify(photoPath('chelsea.png'), { topK: 1000 });
    expect(top).toHaveLength(1000);
    expect(top.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
    for (const time of [ms.decode, ms.preprocess, ms.run]) expect(time).toBeGreaterThan(0);
  });

  it('accounts for all that the caller waited', async () => {
    await using model = await load(MODEL);
    const start = performance.now();
    const answers = await Promise.all([model.classify(photoPath('dog.jpg')), model.classify(photoPath('dog.jpg'))]);
    const waited = performance.now() - start;
    for (const { ms } of answers) {
      const { total, ...parts } = ms;
      expect(Object.keys(parts)).toEqual(['wait', 'transfer', 'decode', 'preprocess', 'run']);
      expect(Object.values(parts).every((part) => part >= 0)).toBe(true);
      expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBeCloseTo(total, 6);
      expect(total).toBeLessThanOrEqual(waited);
    }
    // The second one waited for the first.
    expect(answers[1].ms.wait).toBeGreaterThanOrEqual(answers[0].ms.decode);
  });

  it('refuses a photo of more pixels than it is allowed', async () => {
    await using model = await load(MODEL);
    const photo = readFileSync(photoPath('dog.jpg'));
    await expect(model.classify(photo, { maxPixels: 442_367 })).rejects.toMatchObject({ code: 'image' });
    await expect(model.classify(photo, { maxPixels: 0 })).rejects.toMatchObject({ code: 'argument', place: 'maxPixels' });
    check('dog.jpg', await model.classify(photo, { maxPixels: 442_368 }));
    check('dog.jpg', await model.classify(photo, { exact: true }));
  });

  it('goes on after what is no photo', async () => {
    await using model = await load(MODEL);
    for (const bad of [new Uint8Array(0), MODEL, readFileSync(photoPath('dog.jpg')).subarray(0, 9000)]) {
      await expect(model.classify(bad)).rejects.toMatchObject({ name: 'ImageError', code: 'image' });
    }
    check('dog.jpg', await model.classify(photoPath('dog.jpg')));
  });
});
