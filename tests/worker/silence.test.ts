/** A worker that starts a thread may never come back from that; its page then does not wait for ever. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { WorkerError } from '../../ts/base/errors.js';
import { Connection } from '../../ts/worker/connection.js';
import type { WorkerApi } from '../../ts/worker/protocol.js';

let worker: MessageChannel;
const terminate = vi.fn(() => Promise.resolve());
const connect = (): Connection => new Connection({ endpoint: worker.port1, onDeath: () => undefined, terminate, hold: () => undefined });

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  terminate.mockClear();
  worker = new MessageChannel();
  worker.port1.start();
});
afterEach(() => {
  vi.useRealTimers();
  worker.port1.close();
});

const MINUTE = 60_000;

/** What the worker was asked, once it has said that it starts a thread. */
async function startsThread(): Promise<{ id: string }> {
  const asked = new Promise<{ id: string }>((resolve) => {
    worker.port2.onmessage = ({ data }: MessageEvent<{ id: string; path?: string[] }>) => {
      if (data.path?.[0] === 'usable') resolve(data);
    };
  });
  const { port1 } = new MessageChannel();
  worker.port2.postMessage({ receptiveLifeline: port1 }, [port1]);
  return asked;
}

it('a load whose worker is silent for a minute is given up, with what to do', async () => {
  const connection = connect();
  const loading = connection.call((api) => api.load({} as Parameters<WorkerApi['load']>[0]));
  const caught = loading.catch((error: unknown) => error);
  await startsThread();
  await vi.advanceTimersByTimeAsync(MINUTE - 1);
  expect(connection.over).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1);
  const error = await caught;
  expect(error).toBeInstanceOf(WorkerError);
  expect(error).toMatchObject({ code: 'worker', message: 'a thread does not start; load the model with threads: 1' });
  expect(terminate).toHaveBeenCalledOnce();
});

it('one that answers, be it with an error, may take as long as it takes', async () => {
  const connection = connect();
  const { id } = await startsThread();
  worker.port2.postMessage({ id, type: 'RAW', value: false });
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(0), { timeout: 120_000 });
  await vi.advanceTimersByTimeAsync(10 * MINUTE);
  expect(connection.over).toBeUndefined();
  await connection.dispose();
});
