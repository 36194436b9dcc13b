/// <reference types="vite/client" />
/** `npm run bench:browsers`: SqueezeNet in each browser, from the call in the page to the answer there. */
import { load } from 'receptive';
import { bench } from 'vitest';
import modelUrl from '../../examples/assets/squeezenet1_1.safetensors?url';
import { VARIANTS } from '../browser/browser.js';
import { numbers } from './numbers.mjs';

const image = numbers(3 * 227 * 227);
const cases = VARIANTS.flatMap((variant) => [1, 2].map((threads) => ({ variant, threads })));
const models = await Promise.all(cases.map(({ variant, threads }) => load(modelUrl, { variant, threads })));

for (const model of models) {
  // A browser that has no shared memory computes on one thread all the same: then there is nothing to compare.
  const [threads, asked] = [model.threads, cases[models.indexOf(model)]?.threads];
  if (threads !== asked) continue;
  const title = `squeezenet1_1, ${model.variant}, ${threads === 1 ? 'one thread' : `${threads} threads`}`;
  bench(title, async () => void (await model.run(image)), { warmupTime: 1000, time: 3000 });
}
