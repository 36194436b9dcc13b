import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createPool, flatten, globalAvgPool2d, graphToData, linear, load, sequential, tensor, toGraph, writeSafetensors } from 'receptive';
import type { Classification, LoadOptions } from 'receptive';
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

  it('takes what it is given as it is when the call is made', async () => {
    await using model = await load(MODEL);
    const pixels = { data: Uint8Array.from({ length: 300 * 300 * 3 }, (_, i) => i % 251), width: 300, height: 300, channels: 3 } as const;
    const bytes = Buffer.from(readFileSync(photoPath('dog.jpg')));
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    const { top } = await model.classify(pixels);
    const calls = [model.classify(pixels), model.classify(pixels)];
    pixels.data.fill(0);
    for (const call of calls) expect((await call).top).toEqual(top);
    const [ofBytes, ofShared] = [model.classify(bytes), model.classify(shared)];
    bytes.fill(0);
    shared.fill(0);
    check('dog.jpg', await ofBytes);
    check('dog.jpg', await ofShared);
  });

  it('takes no object of a stranger for an address', async () => {
    let requests = 0;
    const server = createServer((_, response) => ((requests += 1), response.end(readFileSync(photoPath('dog.jpg'))))).listen(0);
    const shown = `http://localhost:${(server.address() as AddressInfo).port}/`;
    try {
      await using model = await load(MODEL, { locations: false });
      for (const crossOrigin of ['x', null, undefined]) {
        const stranger = JSON.parse(JSON.stringify({ shown, crossOrigin, image: shown, src: shown, href: shown })) as never;
        await expect(model.classifyBytes(stranger)).rejects.toMatchObject({ code: 'argument' });
        await expect(model.classify(stranger)).rejects.toMatchObject({ code: 'argument' });
      }
      expect(requests).toBe(0);
    } finally {
      server.close();
    }
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

describe('scores and labels', () => {
  const RED = { data: Uint8Array.of(255, 0, 0), width: 1, height: 1, channels: 3 } as const;
  /** Of red the scores 1 and -1. */
  const net = sequential([globalAvgPool2d(), flatten(), linear(3, 2, { bias: false })], { input: [1, 3, 4, 4] });
  const w = tensor([1, 0, 0, -1, 0, 0], [2, 3]);
  const weights = { '2.weight': w };
  const sigmoid = [1 / (1 + Math.exp(-1)), 1 / (1 + Math.exp(1))];
  const softmax = [1 / (1 + Math.exp(-2)), 1 / (1 + Math.exp(2))];
  const options = { weights, preprocess: 'unit', labels: { id2label: { 0: 'yes', 1: 'no' } } } satisfies LoadOptions;

  function expectAnswer({ top, scores }: Classification, probabilities: readonly number[], how: string): void {
    expect(scores).toBe(how);
    expect(top.map(({ label }) => label)).toEqual(['yes', 'no']);
    top.forEach(({ probability }, i) => expect(probability).toBeCloseTo(probabilities[i]!, 5));
  }

  it('are options of load, of a pool and of the call, in a worker', async () => {
    await using model = await load(net, options);
    expectAnswer(await model.classify(RED), softmax, 'softmax');
    expectAnswer(await model.classify(RED, { scores: 'sigmoid' }), sigmoid, 'sigmoid');
    await using pool = await createPool({ model: net, size: 1, options: { ...options, scores: 'sigmoid' } });
    expectAnswer(await pool.classify(RED), sigmoid, 'sigmoid');
    expectAnswer(await pool.classify(RED, { scores: 'softmax' }), softmax, 'softmax');
  });

  it('that cannot be are refused, when the model is loaded or the call is made', async () => {
    await expect(load(net, { ...options, scores: 'logits' as 'none' })).rejects.toMatchObject({ code: 'argument', place: 'scores' });
    await expect(load(net, { ...options, labels: { yes: 'no' } })).rejects.toThrow(/labels: expected the indexes 0, 1, 2, \.\.\., got "yes"/);
    await using model = await load(net, options);
    await expect(model.classify(RED, { scores: 'none' })).rejects.toMatchObject({ code: 'argument', place: 'scores' });
    await expect(model.classify(RED, { labels: ['yes', 'no', 'perhaps'] })).rejects.toMatchObject({ code: 'argument', place: 'labels' });
  });

  it('come from the model file', async () => {
    const stored = { name: '2.weight', dtype: 'F32', shape: w.shape, bytes: new Uint8Array(w.data.buffer) } as const;
    const file = (scores: string): Uint8Array =>
      writeSafetensors([stored], { receptive: JSON.stringify({ version: 1, graph: graphToData(toGraph(net)), labels: ['yes', 'no'], preprocess: 'unit', scores }) });
    await using model = await load(file('sigmoid'));
    expectAnswer(await model.classify(RED), sigmoid, 'sigmoid');
    await expect(load(file('logits'))).rejects.toThrow(/receptive\.scores: expected softmax, sigmoid or none, got "logits"/);
  });
});
