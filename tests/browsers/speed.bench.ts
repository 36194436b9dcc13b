/// <reference types="vite/client" />
/** `npm run bench:browsers`: SqueezeNet on one thread in each browser, from the call in the page to the answer there. */
import { load } from 'receptive';
import { bench } from 'vitest';
import modelUrl from '../../examples/assets/squeezenet1_1.safetensors?url';
import { VARIANTS } from '../browser/browser.js';
import { numbers } from './numbers.mjs';

const image = numbers(3 * 227 * 227);
const models = await Promise.all(VARIANTS.map((variant) => load(modelUrl, { variant, threads: 1 })));

for (const model of models) {
  bench(`squeezenet1_1, ${model.variant}`, async () => void (await model.run(image)), { warmupTime: 1000, time: 3000 });
}
