/** Damaged models are planned or refused with an error of ours, with little computing. RECEPTIVE_FUZZ=1000000 for a long run. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changes, corpus, damaged, plan } from './fuzz.js';

const RUNS = Number(process.env['RECEPTIVE_FUZZ'] ?? 5_000);
/** Of this process' own computing: what others do on the machine is not counted. */
const SLOWEST_MS = 1_000;

test('damaged files', { timeout: 7_200_000 }, () => {
  const files = corpus();
  expect(files.length).toBeGreaterThan(1_000);
  const counts = { planned: 0, refused: 0 };
  let slowest = 0;
  let slowestCase = '';
  fc.assert(
    fc.property(fc.nat(files.length - 1), changes, (index, list) => {
      const bytes = damaged(files[index]!, list);
      const start = process.cpuUsage();
      counts[plan(bytes)]++;
      const took = process.cpuUsage(start).user / 1000;
      if (took > slowest) [slowest, slowestCase] = [took, `file ${index}, ${JSON.stringify(list, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}`];
    }),
    { numRuns: RUNS, ...(process.env['RECEPTIVE_FUZZ'] === undefined ? { seed: 1 } : {}) },
  );
  // Both happen, or the damage is too little or too much to find anything.
  expect(Math.min(counts.planned, counts.refused)).toBeGreaterThan(RUNS / 20);
  expect(slowest, slowestCase).toBeLessThan(SLOWEST_MS);
  console.log(`${RUNS} damaged files: ${counts.planned} planned, ${counts.refused} refused, slowest ${slowest.toFixed(0)} ms`);
});
