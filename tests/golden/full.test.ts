import { afterAll, describe, expect, test } from 'vitest';
import { BUILDERS } from '../models/builders.js';
import { deviations, readGolden } from './check.js';
import { ALGORITHMS, THREADS, VARIANTS } from './choice.js';

/** How often each way was compared: what ran is said, not what was meant to. */
const ran = new Map<string, number>();

afterAll(() => {
  const lines = [...ran].map(([how, nets]) => `  ${how}: ${nets} of ${Object.keys(BUILDERS).length} networks`);
  console.log(['goldens compared with PyTorch:', ...lines].join('\n'));
});

describe.each(Object.entries(BUILDERS))('%s agrees with PyTorch in float64', (name, build) => {
  const golden = readGolden(name);
  for (const variant of VARIANTS) {
    test.each(ALGORITHMS)(`${variant} %s`, async (algorithm) => {
      const how = `${variant}, ${algorithm}, threads: ${THREADS}`;
      expect(await deviations(golden, build(), { variant, algorithm, threads: THREADS })).toEqual([]);
      ran.set(how, (ran.get(how) ?? 0) + 1);
    });
  }
});
