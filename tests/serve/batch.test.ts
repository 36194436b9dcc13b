/** Requests that wait for the same turn are computed together, where that is faster, and each gets its own rows. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { gainsByRows } from '../../ts/serve/batch/gain.js';
import type { Measured } from '../../ts/serve/batch/gain.js';
import { Gatherer } from '../../ts/serve/batch/gather.js';
import type { Compute } from '../../ts/serve/batch/gather.js';
import { cut, isOfRows, rowsOf, stack } from '../../ts/serve/batch/rows.js';
import type { Tensors } from '../../ts/serve/batch/rows.js';
import { Deadline } from '../../ts/serve/deadline.js';
import { Line } from '../../ts/serve/line.js';
import type { Port } from '../../ts/session/inputs.js';
import { dist, library } from '../support/models.js';
import { post, serving, SUMS } from './support.js';
import type * as Library from '../../ts/entries/index.js';

const { tensor } = library;
const port = (name: string, ...shape: (number | null)[]): Port => ({ name, dtype: 'float32', shape });
const rows = (...values: number[]): Tensors => ({ x: tensor(Float32Array.from(values.flatMap((value) => [value, -value])), [values.length, 2]) });
const valuesOf = (outputs: Tensors): number[] => Array.from(outputs['y']!.data, Number);

afterEach(() => vi.restoreAllMocks());

describe('rows', () => {
  it('are those of models whose first dimensions are open, and no other of the inputs', () => {
    expect(isOfRows([port('x', null, 2)], [port('y', null, 3)])).toBe(true);
    expect(isOfRows([port('x', null, 2)], [port('y', null, null)])).toBe(true);
    for (const inputs of [[], [port('x', 1, 2)], [port('x', null, null)], [port('x')], [{ ...port('x'), anyRank: true } as const]]) expect(isOfRows(inputs, [port('y', null)])).toBe(false);
    for (const outputs of [[], [port('y', 1)], [port('y')]]) expect(isOfRows([port('x', null, 2)], outputs)).toBe(false);
  });

  it('are counted where a request is as the inputs are', () => {
    const inputs = [port('a', null, 2), port('b', null, 3)];
    const [a, b] = [tensor(new Float32Array(8), [4, 2]), tensor(new Float32Array(12), [4, 3])];
    expect(rowsOf(inputs, { a, b })).toBe(4);
    const odd: Tensors[] = [{}, { a }, { a, b, c: b }, { a, b: tensor(new Float32Array(9), [3, 3]) }, { a, b: a }, { a, b: tensor(new Float32Array(12), [12]) }, { a, b: tensor(new Int32Array(12), [4, 3], 'int32') }];
    for (const wrong of odd) expect(rowsOf(inputs, wrong)).toBeUndefined();
    expect(rowsOf([port('a', null, 2)], { a: tensor(new Float32Array(0), [0, 2]) })).toBeUndefined();
  });

  it('are laid behind each other and cut apart, of every type', () => {
    const ids = (...data: bigint[]): Tensors => ({ id: tensor(BigInt64Array.from(data), [data.length], 'int64') });
    const all = stack([ids(1n), ids(2n, 3n)]);
    expect(all['id']).toMatchObject({ dtype: 'int64', shape: [3], data: BigInt64Array.of(1n, 2n, 3n) });
    expect(cut(all, 1, 3)['id']).toMatchObject({ dtype: 'int64', shape: [2], data: BigInt64Array.of(2n, 3n) });
  });
});

describe('a gatherer', () => {
  /** Each call ends when it is let; it answers twice its inputs. */
  class Worker {
    readonly seen: number[][] = [];
    private readonly ends: ((error?: Error) => void)[] = [];
    readonly compute: Compute = (inputs, signal) => {
      const { shape, data } = inputs['x']!;
      this.seen.push(Array.from(data as Float32Array).filter((_, i) => i % 2 === 0));
      return new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(new library.AbortedError('aborted')));
        this.ends.push((error) => (error ? reject(error) : resolve({ y: tensor((data as Float32Array).map((value) => 2 * value), shape) })));
      });
    };

    /** Ends the call that is under way, and lets the next begin. */
    async end(error?: Error): Promise<void> {
      this.ends.shift()?.(error);
      await new Promise(setImmediate);
    }
  }

  const gather = (most = 8): { readonly worker: Worker; readonly line: Line; readonly ask: (...values: number[]) => { readonly answer: Promise<Tensors>; readonly client: AbortController; readonly beside: () => number } } => {
    const [line, worker] = [new Line('model', 1, 8), new Worker()];
    const gatherer = new Gatherer(line, most);
    const ask = (...values: number[]): { readonly answer: Promise<Tensors>; readonly client: AbortController; readonly beside: () => number } => {
      const client = new AbortController();
      let beside = 0;
      const answer = gatherer.answer(rows(...values), values.length, new Deadline(1e6, client.signal), worker.compute, (count) => (beside = count));
      answer.catch(() => undefined);
      return { answer, client, beside: () => beside };
    };
    return { worker, line, ask };
  };

  it('computes who finds a worker free alone, and together who waits', async () => {
    const { worker, ask } = gather();
    const asked = [ask(1), ask(2), ask(3, 4), ask(5)];
    expect(worker.seen).toEqual([[1]]);
    await worker.end();
    await worker.end();
    expect(worker.seen).toEqual([[1], [2, 3, 4, 5]]);
    expect(await Promise.all(asked.map(async ({ answer }) => valuesOf(await answer)))).toEqual([[2, -2], [4, -4], [6, -6, 8, -8], [10, -10]]);
    expect(asked.map(({ beside }) => beside())).toEqual([1, 3, 3, 3]);
  });

  it('computes 2^k rows at a time, and no more for a turn than it may', async () => {
    const { worker, ask } = gather(7);
    const asked = [ask(0), ask(1, 2, 3), ask(4, 5, 6, 7), ask(8)];
    for (let i = 0; i < 5; i++) await worker.end();
    expect(worker.seen).toEqual([[0], [1, 2, 3, 4], [5, 6], [7], [8]]);
    expect(await Promise.all(asked.map(async ({ answer }) => valuesOf(await answer).length))).toEqual([2, 6, 8, 2]);
  });

  it('goes on without those who have left, and ends what nobody waits for', async () => {
    const { worker, line, ask } = gather();
    const [running, gone, other] = [ask(1), ask(2), ask(3)];
    gone.client.abort();
    await expect(gone.answer).rejects.toMatchObject({ code: 'aborted' });
    await worker.end();
    expect(worker.seen).toEqual([[1], [3]]);
    other.client.abort();
    await expect(other.answer).rejects.toMatchObject({ code: 'aborted' });
    await worker.end();
    expect(valuesOf(await running.answer)).toEqual([2, -2]);
    expect(line.pending).toBe(0);
  });

  it('has no request pay for another: each is tried alone where all together fail', async () => {
    const { worker, ask } = gather();
    const asked = [ask(1), ask(2), ask(3)];
    await worker.end();
    await worker.end(new Error('it fell'));
    await worker.end();
    await worker.end(new Error('it fell again'));
    expect(worker.seen).toEqual([[1], [2, 3], [2], [3]]);
    expect(valuesOf(await asked[1]!.answer)).toEqual([4, -4]);
    await expect(asked[2]!.answer).rejects.toThrow('it fell again');
  });

  it('refuses as the line does, and the next request begins anew', async () => {
    const line = new Line('model', 1, 0);
    const [gatherer, worker] = [new Gatherer(line, 8), new Worker()];
    const ask = (value: number): Promise<Tensors> => gatherer.answer(rows(value), 1, new Deadline(1e6, new AbortController().signal), worker.compute, () => undefined);
    const first = ask(1);
    await expect(ask(2)).rejects.toMatchObject({ status: 503 });
    await worker.end();
    await first;
    const third = ask(3);
    await worker.end();
    expect(valuesOf(await third)).toEqual([6, -6]);
  });
});

describe('what is measured', () => {
  /** A pool whose runs take the time that a clock by hand says. */
  function pool(msOf: (rows: number) => number, outputs: (inputs: Float32Array, rows: number) => Float32Array = (x) => x, ports = [port('x', null, 2)]): Measured {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    return {
      inputs: ports,
      outputs: [port('y', null, 2)],
      run(inputs) {
        const [count = 1] = inputs['x']!.shape;
        now += msOf(count);
        return Promise.resolve({ y: tensor(outputs(inputs['x']!.data as Float32Array, count), [count, 2]) });
      },
    };
  }

  it('is whether rows take less time together', async () => {
    expect(await gainsByRows(pool((count) => 5 + count))).toBe(true);
    expect(await gainsByRows(pool((count) => 5 * count))).toBe(false);
    expect(await gainsByRows(pool((count) => 6 * count ** 0.9))).toBe(true);
    expect(await gainsByRows(pool((count) => 300 + count))).toBe(false);
  });

  it('is whether each row has the answer that it has alone', async () => {
    const mixed = (x: Float32Array): Float32Array => x.map((value) => value / x.reduce((sum, other) => sum + Math.abs(other), 0));
    expect(await gainsByRows(pool((count) => 5 + count, mixed))).toBe(false);
    expect(await gainsByRows(pool((count) => 5 + count, (x) => x.map((value) => value + 1e-6)))).toBe(true);
  });

  it('is no model whose inputs are of one size, nor one that fails', async () => {
    expect(await gainsByRows(pool(() => 1, undefined, [port('x', 1, 2)]))).toBe(false);
    expect(await gainsByRows({ ...pool((count) => count), run: () => Promise.reject(new Error('no')) })).toBe(false);
  });
});

it.each([1, 8])('every request of many has its own answer, %i rows together', async (batch) => {
  const service = await serving({ models: [{ name: 'sums', model: SUMS }], size: 1, batch });
  const one = async (i: number): Promise<void> => {
    const count = 1 + (i % 3);
    const a = Array.from({ length: 3 * count }, (_, k) => 10 * i + k);
    const inputs = ['a', 'b'].map((name) => ({ name, shape: [count, 3], datatype: 'FP32', data: a }));
    const { outputs } = (await (await post(service, '/v2/models/sums/infer', JSON.stringify({ inputs }))).json()) as { outputs: { data: number[]; shape: number[] }[] };
    expect(outputs[0]).toMatchObject({ shape: [count, 3], data: a.map((value) => 2 * value) });
  };
  await Promise.all(Array.from({ length: 40 }, (_, i) => one(i)));
});

it('rows of a net are the same together as alone', async () => {
  const { createPool } = (await import(dist('node/index.js'))) as typeof Library;
  const pool = await createPool({ model: 'examples/assets/lenet5.safetensors', size: 1 });
  expect(isOfRows(pool.inputs, pool.outputs)).toBe(true);
  const name = pool.inputs[0]!.name;
  const images = [0, 1, 2].map((seed) => ({ [name]: tensor(Float32Array.from({ length: 784 }, (_, i) => Math.abs(Math.sin(i + seed))), [1, 1, 28, 28]) }));
  const together = await pool.run(stack(images));
  for (const [i, image] of images.entries()) {
    const alone = await pool.run(image);
    for (const [output, { data }] of Object.entries(cut(together, i, i + 1))) {
      data.forEach((value, k) => expect(Math.abs(Number(value) - Number(alone[output]!.data[k]))).toBeLessThan(1e-4));
    }
  }
  await pool.dispose();
});
