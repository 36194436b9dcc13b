/** The bits of all networks by every algorithm on 1, 2 and 3 threads, whatever RECEPTIVE_THREADS says. */
import { afterAll, describe, test } from 'vitest';
import { threadedOf } from '../../ts/wasm/variant.js';
import { expectSameBits, NET_NAMES } from '../conformance/bits-nets.js';
import { ALGORITHMS, VARIANTS } from './choice.js';

const ran = new Map<string, number>();

afterAll(() => {
  const lines = [...ran].map(([how, nets]) => `  ${how}: ${nets} of ${NET_NAMES.length} networks`);
  console.log(['same bits on 1, 2 and 3 threads, alone and in a batch:', ...lines].join('\n'));
});

describe.each(VARIANTS.filter((variant) => threadedOf(variant)))('%s', (variant) => {
  describe.each(ALGORITHMS)('%s', (algorithm) => {
    test.each(NET_NAMES)('%s', async (name) => {
      await expectSameBits(name, variant, [algorithm]);
      const how = `${variant}, ${algorithm}`;
      ran.set(how, (ran.get(how) ?? 0) + 1);
    });
  });
});
