/** Ten thousand runs of one model: memory is what it was after two thousand, and nothing computes when they are over. */
import { describe, expect, it } from 'vitest';
import type * as Inline from '../../ts/entries/inline.js';
import { expectHeld, heldBytes } from '../support/left.js';
import { busySeconds, dist, IDLE, library } from '../support/models.js';

const { conv2d, graph, input, load, sequential, tensor } = library;

const [CHANNELS, SIDE] = [16, 24];
const z = input([1, CHANNELS, SIDE, SIDE]);
const conv = conv2d(CHANNELS, CHANNELS, 3, { padding: 1 });
/** 1.3 million multiply-adds a layer: as little work as is shared out between two threads. */
const NET = graph({ z }, { y: sequential({ first: conv, second: conv })(z) });
const weights = Object.fromEntries(['first', 'second'].flatMap((layer) => [
  [`${layer}.weight`, tensor(new Float32Array(CHANNELS * CHANNELS * 9).fill(0.01), [CHANNELS, CHANNELS, 3, 3])],
  [`${layer}.bias`, tensor(new Float32Array(CHANNELS), [CHANNELS])],
]));

interface Runs {
  run(image: Float32Array<ArrayBuffer>): unknown;
  memory(): unknown;
}

async function expectFlat(model: Runs): Promise<void> {
  const image = new Float32Array(CHANNELS * SIDE * SIDE).fill(1);
  const runs = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i += 1) await model.run(image);
  };
  await runs(2000);
  const [memory, held] = [await model.memory(), heldBytes()];
  await runs(8000);
  expect(await model.memory()).toEqual(memory);
  // What was sent counts here until the worker's garbage is collected, which 64 MB of it bring about at the latest.
  await expectHeld(held + 4000 * image.byteLength);
}

describe('10,000 runs leave memory as it was', () => {
  it.each([1, 2])('in a worker, threads: %i', async (threads) => {
    await using model = await load(NET, { weights, threads, algorithm: 'packed' });
    expect(model.threads).toBe(threads);
    await expectFlat(model);
    expect(await busySeconds(), 'the pool is idle').toBeLessThan(IDLE);
  });

  it('on the calling thread', async () => {
    const inline = (await import(dist('node/inline.js'))) as typeof Inline;
    using model = await inline.load(NET, { weights, algorithm: 'packed' });
    await expectFlat(model);
  });
});
