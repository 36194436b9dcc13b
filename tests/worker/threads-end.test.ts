/** Models on several threads that end in mid-run: nothing waits, no thread and no memory is left, and the next model is right. */
import { existsSync } from 'node:fs';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import type * as Library from '../../ts/entries/index.js';
import { countTasks, expectRight, expectTasksToFallTo, inMidRun, library, loadSlow, nextStarted, replaceNextWorker, SLOW_INDEX, SLOW_VALUE, slowInput, small, started } from '../support/models.js';
import { expectHeld, heldBytes, rejected, rejectedAtOnce } from '../support/left.js';

const { AbortedError, DisposedError, WorkerError } = library;

/** Ways to end a run, each with what it rejects with. They leave the model disposed of. */
const ENDS: Readonly<Record<string, () => Promise<void>>> = {
  async dispose() {
    const model = await loadSlow(3);
    const { run } = await inMidRun(model);
    await model.dispose();
    expect(await rejectedAtOnce(run)).toBeInstanceOf(DisposedError);
  },
  async 'the death of its worker'() {
    const model = await loadSlow(3);
    const worker = started.at(-1);
    const { run } = await inMidRun(model);
    void worker?.terminate();
    expect(await rejected(run)).toBeInstanceOf(WorkerError);
    expect(await rejectedAtOnce(model.run(slowInput()))).toBeInstanceOf(WorkerError);
    await model.dispose();
  },
  async 'abort, after which the model goes on'() {
    await using model = await loadSlow(3);
    const abort = new AbortController();
    const { run } = await inMidRun(model, abort.signal);
    abort.abort();
    expect(await rejectedAtOnce(run)).toBeInstanceOf(AbortedError);
    const { y } = await model.run(slowInput());
    expect(y?.data[SLOW_INDEX]).toBeCloseTo(SLOW_VALUE, 2);
  },
  async 'a load that is aborted'() {
    const abort = new AbortController();
    const begun = nextStarted();
    const loading = small({ threads: 3, signal: abort.signal });
    loading.catch(() => undefined);
    // Its worker runs, and no answer of it can have been read.
    (await begun).once('online', () => abort.abort());
    expect(await rejected(loading)).toBeInstanceOf(AbortedError);
  },
  async 'the death of a thread'() {
    await withFarHelpers(3, async (model, helpers) => {
      const { run } = await inMidRun(model);
      void helpers[1]?.terminate();
      expect(await rejected(run)).toMatchObject({ got: 'a dead thread' });
      expect(await rejectedAtOnce(model.run(slowInput()))).toBeInstanceOf(WorkerError);
    });
  },
};

/** A slow model whose helpers the test has hold of. */
async function withFarHelpers(threads: number, test: (model: Library.Model, helpers: readonly Worker[]) => Promise<void>): Promise<void> {
  const { port1: starter, port2: theirs } = new MessageChannel();
  const helpers: Worker[] = [];
  starter.on('message', ({ url, port }: { url: string; port: MessagePort }) => {
    const helper = new Worker(new URL(url));
    helpers.push(helper);
    port.on('message', (message: { lifeline: MessagePort }) => helper.postMessage(message, [message.lifeline]));
    port.unref();
  });
  starter.unref();
  replaceNextWorker((entry) => {
    const workerData = { entry, starter: theirs };
    return [new URL('./far-helpers.mjs', import.meta.url), { workerData, transferList: [theirs] }];
  });
  const model = await loadSlow(threads);
  try {
    expect(helpers).toHaveLength(threads - 1);
    await test(model, helpers);
  } finally {
    await model.dispose();
    await Promise.all(helpers.map((helper) => helper.terminate()));
    starter.close();
  }
}

const hasTasks = existsSync('/proc/self/task');

describe.runIf(hasTasks).each(Object.entries(ENDS))('%s', (_, end) => {
  it('frees all and leaves the process usable', async () => {
    await end();
    const [tasks, held] = [countTasks(), heldBytes()];
    for (let round = 0; round < 2; round += 1) {
      await end();
      await expectTasksToFallTo(tasks);
    }
    // The input and the weights of one model are 28 MB.
    await expectHeld(held + 2 ** 23);
    await using model = await small({ threads: 2 });
    expect(model.threads).toBe(2);
    await expectRight(model);
  });
});

it('the death of an idle thread rejects the next run', async () => {
  await withFarHelpers(2, async (model, helpers) => {
    const { y } = await model.run(slowInput());
    expect(y?.data[SLOW_INDEX]).toBeCloseTo(SLOW_VALUE, 2);
    await helpers[0]?.terminate();
    expect(await rejected(model.run(slowInput()))).toMatchObject({ got: 'a dead thread' });
  });
});
