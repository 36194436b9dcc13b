/** Training on several threads: the same bits as on one, and an end in good order where a thread is lost. */
import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { EngineError } from '../../ts/base/errors.js';
import { columnSums, linearForward } from '../../ts/contract/train/steps.js';
import { VERSION } from '../../ts/contract/train/words.js';
import { encode } from '../../ts/program/words.js';
import type { TrainEngine } from '../../ts/train/engine.js';
import { HAS_THREADED_TRAINING } from '../../ts/train/wasm.js';
import { openTrain, openTrainThreads, THREADED_TRAIN_VARIANTS } from '../support/train.js';
import type { OpenTrain } from '../support/train.js';

const opened: OpenTrain[] = [];
afterEach(async () => void (await Promise.all(opened.splice(0).map(({ close }) => close()))));

async function threaded(...of: Parameters<typeof openTrainThreads>): Promise<OpenTrain> {
  const open = await openTrainThreads(...of);
  opened.push(open);
  return open;
}

const [ROWS, IN, OUT] = [1100, 300, 256];

/** A fully connected layer, and the sums of its columns: both large enough to be shared out. */
function outputs(engine: TrainEngine): number[] {
  const steps = [
    linearForward({ x: 0, weight: 1, y: 2, rows: ROWS, featuresIn: IN, featuresOut: OUT }),
    columnSums({ x: 2, y: 3, rows: ROWS, c: OUT }),
  ];
  const lens = [ROWS * IN, OUT * IN, ROWS * OUT, OUT];
  const id = engine.compile(encode({ lens, inputs: [0, 1], outputs: [2, 3], steps }, (weight) => weight, VERSION));
  for (const input of [0, 1]) {
    const numbers = engine.initial({ kind: 'normal', std: 1 }, 7n, input, lens[input] ?? 0);
    engine.input(id, input).set(numbers);
  }
  engine.runSteps(id, 0, 2);
  const all = [0, 1].flatMap((output) => [...engine.output(id, output)]);
  engine.release(id);
  return all;
}

it('is tested where it was built', () => {
  expect(HAS_THREADED_TRAINING).toBe(existsSync(new URL('../../crates/pkg/train-simd-threads/receptive_bg.wasm', import.meta.url)));
});

describe.runIf(HAS_THREADED_TRAINING)('threads of training', () => {
  it.each(THREADED_TRAIN_VARIANTS)('compute what one thread does: %s', async (variant) => {
    const { engine } = await threaded(variant, 3);
    expect([engine.variant, engine.threads, engine.threadsReason]).toEqual([variant, 3, undefined]);
    const expected = outputs(openTrain(variant));
    expect(expected.every(Number.isFinite)).toBe(true);
    expect(outputs(engine)).toEqual(expected);
  });

  it('of which one dies end the engine, in its own name', async () => {
    const { engine, deaths } = await threaded('simd', 3);
    outputs(engine);
    deaths[0]?.('poison');
    expect(() => outputs(engine)).toThrow(/^expected all threads of the engine to live, got a dead thread; start again from the last checkpoint$/);
    expect(() => engine.uniforms(1n, 0, 0, 1)).toThrow(EngineError);
  });

  it('that cannot be started leave one, with the reason', async () => {
    const { engine } = await threaded('simd', 2, () => {
      throw new Error('workers are forbidden');
    });
    expect([engine.threads, engine.threadsReason]).toEqual([1, '0 of 1 further threads could be started (workers are forbidden)']);
    expect(outputs(engine)).toEqual(outputs(openTrain('simd')));
  });
});
