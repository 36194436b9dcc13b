import { describe, expect, it } from 'vitest';
import type { Classification } from '../../ts/tasks/classify.js';
import { AbortedError, DisposedError, EngineError } from '../../ts/base/errors.js';
import { watch } from '../../ts/tasks/watch.js';
import type { WatchModel } from '../../ts/tasks/watch.js';

const ANSWER = { top: [], ms: {} } as unknown as Classification;
const pixel = { data: Uint8Array.of(1), width: 1, height: 1, channels: 1 } as const;

/** Answers so many times, then throws this. */
function model(times: number, error: unknown): WatchModel & { running: number; asked: number; most: number } {
  const counts = { running: 0, asked: 0, most: 0 };
  return Object.assign(counts, {
    async classify(): Promise<Classification> {
      counts.asked += 1;
      counts.most = Math.max(counts.most, (counts.running += 1));
      await new Promise((resolve) => setTimeout(resolve, 1));
      counts.running -= 1;
      if (counts.asked > times) throw error;
      return ANSWER;
    },
  });
}

describe('watch', () => {
  it('asks for the image of the moment, one call at a time, until it is left', async () => {
    const net = model(Infinity, undefined);
    let given = 0;
    let seen = 0;
    for await (const answer of watch(net, async () => ((given += 1), pixel))) {
      expect(answer).toBe(ANSWER);
      expect(given).toBe((seen += 1));
      if (seen === 4) break;
    }
    expect([net.asked, net.most, given]).toEqual([4, 1, 4]);
  });

  it('ends with the signal, before, between and while a call runs', async () => {
    await expect(watch(model(9, undefined), () => pixel, { signal: AbortSignal.abort() }).next()).resolves.toMatchObject({ done: true });
    const between = new AbortController();
    const answers: Classification[] = [];
    for await (const answer of watch(model(9, undefined), () => pixel, { signal: between.signal })) {
      answers.push(answer);
      between.abort();
    }
    expect(answers).toHaveLength(1);
    const running = new AbortController();
    const net: WatchModel = {
      classify: (_, options) => new Promise((_resolve, reject) => {
        expect(options?.signal).toBe(running.signal);
        running.signal.addEventListener('abort', () => reject(new AbortedError('aborted')));
        running.abort();
      }),
    };
    await expect(watch(net, () => pixel, { signal: running.signal }).next()).resolves.toMatchObject({ done: true });
  });

  it('ends when the model is disposed, and throws all else', async () => {
    let seen = 0;
    for await (const _ of watch(model(2, new DisposedError('the model has been disposed')), () => pixel)) seen += 1;
    expect(seen).toBe(2);
    const broken = watch(model(1, new EngineError('broken')), () => pixel);
    await broken.next();
    await expect(broken.next()).rejects.toBeInstanceOf(EngineError);
    await expect(broken.next()).resolves.toMatchObject({ done: true });
  });

  it('looks at a video only where it has a frame, whatever calls back', async () => {
    // As a camera on a busy machine: a frame was presented, and its pixels can be read only later.
    const video = Object.assign(new EventTarget(), { readyState: 1, srcObject: {}, currentSrc: '', error: null });
    const callbacks: (() => void)[] = [];
    Object.assign(video, { requestVideoFrameCallback: (callback: () => void) => callbacks.push(callback) });
    const net = model(Infinity, undefined);
    const answers = watch(net, video as unknown as HTMLVideoElement);
    const first = answers.next();
    callbacks.shift()?.();
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect([net.asked, callbacks.length]).toEqual([0, 1]);
    video.readyState = 2;
    video.dispatchEvent(new Event('loadeddata'));
    await expect(first).resolves.toMatchObject({ value: ANSWER });
    const second = answers.next();
    video.readyState = 4;
    callbacks.shift()?.();
    await expect(second).resolves.toMatchObject({ value: ANSWER });
    await answers.return();
    expect(net.asked).toBe(2);
  });
});
