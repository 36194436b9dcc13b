/** The digits that a learner has drawn: kept in memory for as long as the page is open, and never sent or stored. */
import { signal } from '@preact/signals';
import { batchOf, reordered } from './data.js';
import type { Drawn } from './data.js';
import type { Own } from './session.js';

/** Most that are kept: each is in every batch. */
export const MOST_OWN = 20;

export const drawn = signal<readonly Drawn[]>([]);

let count = 0;

export function addDrawn(label: number, pixels: Float32Array): void {
  if (drawn.value.length < MOST_OWN) drawn.value = [...drawn.value, { id: ++count, label, pixels }];
}

export function removeDrawn(id: number): void {
  drawn.value = drawn.value.filter((one) => one.id !== id);
}

/** Those of the moment as a batch, their pixels in an order if there is one. */
export function ownDigits(order: Uint32Array | undefined): Own | undefined {
  const digits = drawn.peek();
  if (digits.length === 0) return undefined;
  const batch = batchOf(digits);
  return { ids: digits.map(({ id }) => id), batch: order ? reordered(batch, order) : batch };
}
