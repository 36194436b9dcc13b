/** KServe's own client for Python, unchanged, against the service: as a predictor that its InferenceService names is asked. */
import { afterAll, expect, it } from 'vitest';
import { pythonWith, saidBy } from './python.js';
import { listen, serving, SUMS } from './support.js';

/** A package index may be slow. */
const PATIENCE = 600_000;

const ends: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(ends.map((end) => end())));

it('is answered as it wants', async ({ skip }) => {
  const { python, missing } = pythonWith({ name: 'kserve', module: 'kserve', requirement: 'kserve==0.21.0' });
  skip(python === undefined, missing);
  const service = await serving({ models: [{ name: 'sums', model: SUMS }], size: 1 });
  const listening = await listen(service, { port: 0 });
  ends.push(() => listening.close({ grace: 0 }));
  const sum = [[0.5, 1.5, 2.5], [3.5, 4.5, 5.5]];
  const negative = sum.map((row) => row.map((value) => -value));
  expect(await saidBy(python ?? '', 'kserve_client.py', listening.url)).toEqual({
    live: true, ready: true, model_ready: true, no_model_ready: false,
    no_model: [404, expect.stringMatching(/^model: expected one of sums/)], wrong_input: [400, expect.stringMatching(/a, b/)],
    answers: new Array(4).fill(['an id', 'sums', { sum, negative }]),
  });
}, PATIENCE);
