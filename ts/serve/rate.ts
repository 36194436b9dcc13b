import { mismatch } from '../base/wrong.js';
import { OverloadedError } from '../base/errors.js';
import { Refusal } from './refusal.js';

interface Bucket {
  left: number;
  at: number;
}

/** How many requests each key may make: a bucket of as many as come in a second, which fills while none are made. */
export class Rate {
  private readonly buckets = new Map<string, Bucket>();

  /** @param perSecond - of each key */
  constructor(private readonly perSecond: number) {}

  /** @param key - one of few: each is remembered. @throws Refusal (429) */
  take(key: string, now = performance.now()): void {
    const { perSecond } = this;
    const { left, at } = this.buckets.get(key) ?? { left: perSecond, at: now };
    const filled = Math.min(perSecond, left + ((now - at) / 1000) * perSecond);
    this.buckets.set(key, { left: filled < 1 ? filled : filled - 1, at: now });
    if (filled >= 1) return;
    const hint = 'come back in 1 s';
    throw new Refusal(429, mismatch('rate', `at most ${perSecond} requests a second`, 'more', { as: OverloadedError, hint }), { 'retry-after': '1' });
  }
}
