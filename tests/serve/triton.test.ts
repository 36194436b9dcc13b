/** Triton's own client for Python, unchanged, against the service. */
import { afterAll, expect, it } from 'vitest';
import { pythonWith, saidBy } from './python.js';
import { listen, serving, SUMS } from './support.js';

/** A package index may be slow. */
const PATIENCE = 600_000;

const ends: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(ends.map((end) => end())));

it('is answered as it wants', async ({ skip }) => {
  const { python, missing } = pythonWith({ name: 'triton', module: 'tritonclient.http', requirement: 'tritonclient[http]==2.73.0' });
  skip(python === undefined, missing);
  const service = await serving({ models: [{ name: 'sums', model: SUMS }], size: 1, control: true });
  const listening = await listen(service, { port: 0 });
  ends.push(() => listening.close({ grace: 0 }));
  const { answers, ...said } = await saidBy(python ?? '', 'triton_client.py', listening.url.replace('http://', ''));
  const sum = [[0.5, 1.5, 2.5], [3.5, 4.5, 5.5]];
  const negative = sum.map((row) => row.map((value) => -value));
  expect(answers).toEqual(new Array(12).fill(['an id', '1', sum, negative]));
  const ports = (names: readonly string[], shape: readonly number[]): unknown => names.map((name) => ({ name, datatype: 'FP32', shape }));
  expect(said).toMatchObject({
    live: true, ready: true, model_ready: true, no_model_ready: false, default: sum, later: sum, unloaded: false, loaded: true,
    server: { name: 'receptive' }, model: { name: 'sums', versions: ['1'], inputs: ports(['a', 'b'], [-1, 3]), outputs: ports(['sum', 'negative'], [-1]) },
    config: { name: 'sums', max_batch_size: 0 }, index: [{ name: 'sums', version: '1', state: 'READY' }],
    no_model: ['404', expect.stringMatching(/sums/)], wrong_input: ['400', expect.stringMatching(/a, b/)], stats: 0,
  });
}, PATIENCE);
