/** Networks learn in a worker of the page as they do in Node, down to the last bit. */
import { expect, it } from 'vitest';
import { commands } from 'vitest/browser';
import { VARIANTS } from './browser.js';

function inWorker(variant: string): Promise<unknown> {
  const worker = new Worker(new URL('../browsers/training-worker.mjs', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(variant);
  }).finally(() => worker.terminate());
}

it.each(VARIANTS)('%s', async (variant) => {
  const expected = JSON.parse(await commands.nodeTraining(variant)) as unknown;
  expect(expected).toMatchObject({ variant, lenet: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown, residual: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown });
  expect(await inWorker(variant)).toEqual(expected);
});
