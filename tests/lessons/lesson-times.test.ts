/** `receptive compare` times what is warm. */
import { expect, test } from 'vitest';
import { timeLessons, warmUp } from '../../ts/cli/lesson-times.js';
import type { Model } from '../../ts/entries/index.js';
import { LESSONS } from '../../ts/entries/lessons.js';
import type { Lessons } from '../../ts/entries/lessons.js';
import { tensor } from '../../ts/tensor/tensor.js';

/** Slow at first, as engines are until they have compiled a module anew: for 60 ms, and three runs. */
function warming(): () => number {
  let runs = 0;
  return () => (runs++ < 3 ? 20 : 1);
}

test.each([1, 3, undefined])('--runs %s: no run counts before the engine is warm', async (runs) => {
  const [x, y] = [tensor(new Float32Array(1), [1, 1, 1, 1]), tensor(new Float32Array(1), [1, 1, 1, 1])];
  const clocks = new Map(LESSONS.map(({ name }) => [name as string, warming()]));
  const product = warming();
  const lessons = { supports: () => true, run: (name: string) => ({ y: y.data, ms: clocks.get(name)!() }) };
  const step = () => ({ steps: [{ layer: 'conv', type: 'Conv2d', algorithm: 'packed', ms: product() }] });
  const model = { run: () => Promise.resolve({ y }), profile: () => Promise.resolve(step()) };
  const shape = { channels: 1, height: 1, width: 1, outChannels: 1, kernel: 1 };
  const timed = await timeLessons(lessons as unknown as Lessons, { shape, x, weight: x, macs: 1 }, model as unknown as Model, runs);
  expect(timed.map(({ ms }) => ms)).toEqual([...LESSONS, 'the product'].map(() => 1));
});

test.each([[1000, 2], [60, 2], [30, 4], [0, 100]])('of %d ms, %d runs warm up', async (ms, runs) => {
  let calls = 0;
  await warmUp(() => {
    calls += 1;
    return ms;
  });
  expect(calls).toBe(runs);
});
