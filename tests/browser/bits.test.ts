/// <reference types="vite/client" />
/** A browser answers as Node does, down to the last bit. */
import { load } from 'receptive';
import { expect, it } from 'vitest';
import { commands } from 'vitest/browser';
import { numbers } from '../browsers/numbers.mjs';
import modelUrl from '../../examples/assets/squeezenet1_1.safetensors?url';
import { VARIANTS } from './browser.js';

it.each(VARIANTS)('%s', async (variant) => {
  const model = await load(modelUrl, { variant });
  const [output] = Object.values(await model.run(numbers(3 * 227 * 227)));
  await model.dispose();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', output!.data as Float32Array<ArrayBuffer>));
  expect(Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')).toBe(await commands.nodeAnswer(variant));
});
