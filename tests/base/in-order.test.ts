import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inOrder } from '../../ts/base/in-order.js';

async function* numbers(count: number, onRead: (value: number) => void = () => undefined): AsyncGenerator<number> {
  for (let i = 0; i < count; i++) {
    onRead(i);
    await Promise.resolve();
    yield i;
  }
}

async function collect<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const all: Value[] = [];
  for await (const value of values) all.push(value);
  return all;
}

describe('inOrder', () => {
  it('keeps the order, whichever is ready first', async () => {
    const work = (value: number): Promise<number> => wait(value % 3 === 0 ? 10 : 0, value * value);
    expect(await collect(inOrder(numbers(20), { most: 4, work }))).toEqual(Array.from({ length: 20 }, (_, i) => i * i));
  });

  it('works on as many as it may, and reads no more than one beyond until a result is taken', async () => {
    let [under, highest, read] = [0, 0, 0];
    const work = async (value: number): Promise<number> => {
      highest = Math.max(highest, ++under);
      await wait(1);
      under--;
      return value;
    };
    const results = inOrder(numbers(50, () => read++), { most: 3, work });
    await results.next();
    await wait(50);
    expect(read).toBeLessThanOrEqual(5);
    expect(await collect(results)).toHaveLength(49);
    expect(highest).toBe(3);
  });

  it('gives a result while no further item comes', async () => {
    async function* slow(): AsyncGenerator<number> {
      yield 1;
      await new Promise(() => undefined);
    }
    const results = inOrder(slow(), { most: 4, work: (value) => Promise.resolve(value) });
    expect(await results.next()).toEqual({ done: false, value: 1 });
  });

  it('ends with a signal, once what was read is answered', async () => {
    const abort = new AbortController();
    async function* slow(): AsyncGenerator<number> {
      yield* [1, 2];
      await new Promise(() => undefined);
    }
    const results = inOrder(slow(), { most: 4, work: (value) => wait(20, value), signal: abort.signal });
    const first = await results.next();
    abort.abort();
    expect([first.value, ...(await collect(results))]).toEqual([1, 2]);
  });

  it('throws what the items throw, and what the work does', async () => {
    async function* broken(): AsyncGenerator<number> {
      yield 1;
      await Promise.reject(new Error('no more'));
    }
    await expect(collect(inOrder(broken(), { most: 2, work: (value) => Promise.resolve(value) }))).rejects.toThrow('no more');
    await expect(collect(inOrder(numbers(3), { most: 2, work: () => Promise.reject(new Error('no answer')) }))).rejects.toThrow('no answer');
  });
});
