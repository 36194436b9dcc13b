/** Many calls at once on one model, in the built package: their order, their bound, and what aborting them costs. */
import { describe, expect, it } from 'vitest';
import type * as Library from '../../ts/entries/index.js';
import { rejectedAtOnce } from '../support/left.js';

const built = new URL('../../dist/node/index.js', import.meta.url).href;
const library = (await import(built)) as typeof Library;
const { AbortedError, ArgumentError, conv2d, DisposedError, graph, input, load, OverloadedError, sequential, tensor } = library;

const weightsOf = (channels: number, layers: number) =>
  Object.fromEntries(
    Array.from({ length: layers }, (_, i) => [
      [`c${i}.weight`, tensor(new Float32Array(channels * channels * 9).fill(0.01), [channels, channels, 3, 3])],
      [`c${i}.bias`, tensor(new Float32Array(channels), [channels])],
    ]).flat() as [string, Library.Tensor][],
  );

const SIDE = 24;
const CHANNELS = 64;

/** Many convolutions one behind the other, done naively: each takes some 50 to 500 ms. */
async function slow(layers: number, options: Library.LoadOptions = {}): Promise<Library.Model> {
  const z = input([1, CHANNELS, SIDE, SIDE]);
  const parts = Object.fromEntries(Array.from({ length: layers }, (_, i) => [`c${i}`, conv2d(CHANNELS, CHANNELS, 3, { padding: 1 })]));
  const net = graph({ z }, { y: sequential(parts)(z) });
  return load(net, { weights: weightsOf(CHANNELS, layers), algorithm: 'naive', variant: 'scalar', ...options });
}

const image = (value = 0): Float32Array<ArrayBuffer> => new Float32Array(CHANNELS * SIDE * SIDE).fill(value);

async function small(options: Library.LoadOptions = {}): Promise<Library.Model> {
  const x = input([1, 1, 4, 4]);
  const net = graph({ x }, { y: conv2d(1, 1, 1)(x) });
  const { weight, bias } = { weight: tensor([2], [1, 1, 1, 1]), bias: tensor([0], [1]) };
  const [w, b] = net.params.map(({ name }) => name).sort((p, q) => q.length - p.length);
  return load(net, { weights: { [w ?? '']: weight, [b ?? '']: bias }, threads: 1, ...options });
}

const first = (outputs: Record<string, Library.Tensor>): number | undefined => outputs['y']?.data[0];

const caught = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => undefined, (error: unknown) => error);

describe('calls made at once', () => {
  it('are answered in their order, each from its inputs as they were', async () => {
    await using model = await small();
    const order: number[] = [];
    const shared = new Float32Array(16);
    const calls = Array.from({ length: 200 }, (_, i) => {
      shared.fill(i);
      return model.run(shared).then((outputs) => {
        order.push(i);
        return first(outputs);
      });
    });
    expect(model.pending).toBe(200);
    expect(await Promise.all(calls)).toEqual(calls.map((_, i) => 2 * i));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(model.pending).toBe(0);
  });

  it('take handed buffers over when they are made, even if they wait', async () => {
    await using model = await small();
    const inputs = Array.from({ length: 3 }, (_, i) => new Float32Array(16).fill(i + 1));
    const calls = inputs.map((x) => model.run({ x }, { transfer: true }));
    expect(inputs.slice(1).map(({ byteLength }) => byteLength)).toEqual([0, 0]);
    expect((await Promise.all(calls)).map(first)).toEqual([2, 4, 6]);
    expect(inputs[0]?.byteLength).toBe(0);
  });

  it('beyond the bound are refused with a typed error, and the others go on', async () => {
    await using model = await small({ maxQueue: 2 });
    const calls = Array.from({ length: 5 }, (_, i) => caught(model.run(new Float32Array(16).fill(i))));
    const errors = await Promise.all(calls);
    expect(errors.slice(0, 3)).toEqual([undefined, undefined, undefined]);
    for (const error of errors.slice(3)) {
      expect(error).toBeInstanceOf(OverloadedError);
      expect(error).toMatchObject({ code: 'overloaded', place: 'maxQueue', expected: 'at most 2 waiting calls', got: '3' });
    }
    expect(first(await model.run(new Float32Array(16).fill(4)))).toBe(8);
  });

  it('may be bounded by 0 and Infinity, and 1024 without a word', async () => {
    await using none = await small({ maxQueue: 0 });
    const errors = await Promise.all([caught(none.run(new Float32Array(16))), caught(none.run(new Float32Array(16)))]);
    expect(errors[0]).toBeUndefined();
    expect(errors[1]).toBeInstanceOf(OverloadedError);
    for (const [maxQueue, refused] of [[undefined, 2], [Infinity, 0]] as const) {
      await using model = await small({ maxQueue });
      const calls = Array.from({ length: 1027 }, () => caught(model.run(new Float32Array(16))));
      expect((await Promise.all(calls)).filter((error) => error instanceof OverloadedError)).toHaveLength(refused);
    }
  });

  it.each([-1, 1.5, NaN, '3', null])('maxQueue: %s is refused', async (maxQueue) => {
    const error = await caught(small({ maxQueue: maxQueue as number }));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error).toMatchObject({ place: expect.stringMatching(/^(load: )?maxQueue$/) as string });
  });

  it('reject all at once when the model is disposed of', async () => {
    const model = await slow(1);
    const calls = [model.run(image()), model.run(image()), model.run(image())].map(caught);
    await model.dispose();
    for (const error of await Promise.all(calls)) expect(error).toBeInstanceOf(DisposedError);
    expect(model.pending).toBe(0);
  });

  it('go on behind one whose inputs do not fit', async () => {
    await using model = await small();
    const calls = [model.run(new Float32Array(7)), model.run(new Float32Array(16).fill(1))];
    expect(await caught(calls[0] as Promise<unknown>)).toMatchObject({ code: 'shape' });
    expect(first((await calls[1]) ?? {})).toBe(2);
  });
});

describe('aborting', () => {
  it('a call that waits costs nothing: it never reaches the worker', async () => {
    await using model = await slow(1);
    await using other = await slow(1);
    const running = model.run(image());
    const abort = new AbortController();
    const waiting = Array.from({ length: 20 }, () => caught(model.run(image(), { signal: abort.signal })));
    const last = model.run(image());
    abort.abort(new Error('enough'));
    for (const error of await Promise.all(waiting)) {
      expect(error).toBeInstanceOf(AbortedError);
      expect(error).toMatchObject({ code: 'aborted', name: 'AbortError', cause: { message: 'enough' } });
    }
    // Two runs here are over before eight are on a model of its own; twenty-two would not be.
    const eight = Promise.all(Array.from({ length: 8 }, () => other.run(image()))).then(() => 'eight');
    expect(await Promise.race([Promise.all([running, last]).then(() => 'two'), eight])).toBe('two');
    await eight;
  });

  it('a call that runs stops it before the next step, and the model goes on', async () => {
    await using model = await slow(12);
    await using other = await slow(12);
    const full = await model.run(image(1), { signal: new AbortController().signal });
    const abort = new AbortController();
    const running = model.run(image(1), { signal: abort.signal });
    running.catch(() => undefined);
    // A step of the twelve is over by then, or two.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const twelve = other.run(image(1)).then(() => 'twelve steps');
    abort.abort();
    expect(await rejectedAtOnce(running)).toBeInstanceOf(AbortedError);
    // Answered by the same worker, so not before it is free.
    expect(await Promise.race([model.memory().then(() => 'one step'), twelve])).toBe('one step');
    await twelve;
    expect(await model.run(image(1))).toEqual(full);
  });

  it('before the call is made makes none', async () => {
    await using model = await small();
    const call = model.run(new Float32Array(16), { signal: AbortSignal.abort() });
    expect(model.pending).toBe(0);
    expect(await caught(call)).toBeInstanceOf(AbortedError);
  });
});
