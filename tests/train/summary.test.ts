/** What a step keeps and needs, said before it runs: against sizes by hand and against what the engine allocates. */
import { describe, expect, it } from 'vitest';
import { EngineError, ShapeError } from '../../ts/base/errors.js';
import { batchNorm2d, conv2d, dropout, flatten, globalAvgPool2d, linear, maxPool2d, relu } from '../../ts/ops/layers.js';
import { sequential as stack, toGraph } from '../../ts/layers/index.js';
import { encode } from '../../ts/program/words.js';
import { VERSION } from '../../ts/contract/train/words.js';
import { tensor } from '../../ts/tensor/tensor.js';
import type { TrainEngine } from '../../ts/train/engine.js';
import { followingsOf } from '../../ts/train/groups.js';
import { bytesOf } from '../../ts/train/lifetimes.js';
import { crossEntropy } from '../../ts/train/losses.js';
import { adamw, sgd } from '../../ts/train/optimizers.js';
import { trainProgram } from '../../ts/train/program.js';
import { learns } from '../../ts/train/session.js';
import type { TrainerOptions } from '../../ts/train/setup.js';
import { Trainer } from '../../ts/train/trainer.js';
import { roomIn } from '../../ts/train/wasm.js';
import { openTrain } from '../support/train.js';

const net = () => toGraph(stack([conv2d(1, 2, 3, { padding: 1 }), relu(), flatten(), linear(2 * 16, 3)], { input: [null, 1, 4, 4] }));
const OPTIONS = { loss: crossEntropy(), optimizer: adamw({ lr: 0.1 }) } satisfies TrainerOptions;
const trainer = (options: Partial<TrainerOptions> = {}, engine = openTrain('simd'), graph = net()): Trainer => new Trainer(engine, graph, { ...OPTIONS, ...options });

/** An engine with less memory. */
const small = (bytes: number): TrainEngine => Object.create(openTrain('simd'), { room: { value: () => bytes } }) as TrainEngine;

describe('a summary', () => {
  it('has the bytes that are read on the way back, by the layer that they come from', () => {
    const { layers, parameters, trainable, bytes } = trainer().summary([5, 1, 4, 4]);
    const row = (name: string) => layers.find((layer) => layer.name === name)!;
    expect(layers.map(({ type }) => type)).toEqual(['Input', 'Conv2d', 'Activation', 'Flatten', 'Linear', 'Loss']);
    expect(layers[0]).toMatchObject({ type: 'Input', kept: 0, parameters: 0, trainable: false });
    // Its images, channels last, for the gradient of the filter; what it gives is not read again.
    expect(row('0')).toMatchObject({ parameters: 2 * 9 + 2, trainable: true, kept: 4 * 5 * 16, why: 'read on the way back by 0' });
    expect(row('1')).toMatchObject({ parameters: 0, trainable: false, kept: 4 * 5 * 32, why: 'read on the way back by 1' });
    // Pixel by pixel in rows, for the gradient of the linear layer.
    expect(row('2')).toMatchObject({ kept: 4 * 5 * 32, why: 'read on the way back by 3' });
    expect(row('3')).toMatchObject({ parameters: 32 * 3 + 3, trainable: true, kept: 0 });
    expect([parameters, trainable]).toEqual([20 + 99, 20 + 99]);
    expect(bytes.kept).toBe(layers.reduce((sum, { kept }) => sum + kept, 0));
    expect(bytes).toMatchObject({ parameters: 4 * 119, optimizer: 2 * 4 * 119 });
    expect(bytes.arena).toBeGreaterThan(bytes.kept + bytes.parameters + bytes.optimizer);
  });

  it('grows with the batch, and by sums of gradients', () => {
    const [one, ten] = [trainer().summary(), trainer().summary([10, 1, 4, 4])];
    expect(ten.bytes.kept).toBe(10 * one.bytes.kept);
    expect(trainer({ accumulate: 2 }).summary().bytes.optimizer).toBe(3 * 4 * 119);
    expect(trainer({ optimizer: sgd({ lr: 1 }) }).summary().bytes.optimizer).toBe(0);
  });

  it('keeps nothing of what lies before the first parameter that learns', () => {
    const { layers, trainable, bytes } = trainer({ trainable: (name) => name.startsWith('3.') }).summary();
    expect(layers.find(({ name }) => name === '0')).toMatchObject({ kept: 0, trainable: false, why: 'no gradient goes back through it' });
    expect(layers[0]!.kept).toBe(0);
    expect(trainable).toBe(99);
    // The input of the linear layer, and the gradient of the loss.
    expect(bytes.kept).toBe(4 * 32 + 4 * 3);
  });

  it('is refused for shapes that the network does not take', () => {
    expect(() => trainer().summary([1, 1, 5, 4])).toThrow(ShapeError);
  });
});

describe('the memory that is said', () => {
  const deep = () => toGraph(stack([
    conv2d(3, 8, 3, { padding: 1 }), batchNorm2d(8), relu(), maxPool2d(2), conv2d(8, 16, 3, { padding: 1 }), batchNorm2d(16), relu(), dropout(0.1), flatten(),
    linear(16 * 64, 10),
  ], { input: [null, 3, 16, 16] }));

  it.each([1, 8, 64])('is about what the engine allocates, for a batch of %d', (n) => {
    const graph = deep();
    const engine = openTrain('simd');
    const params = graph.params.filter(({ name }) => learns(name));
    const optimizer = adamw({ lr: 1 });
    const update = { of: optimizer.update, clip: 0, accumulate: 1, follow: followingsOf(optimizer, params) };
    const program = trainProgram({ graph, inputShapes: [[n, 3, 16, 16]], trainable: new Set(params.map(({ name }) => name)), training: true, losses: [crossEntropy()], update });
    const ratio = bytesOf(program) / engine.bytes(engine.compile(encode(program, (weight) => weight, VERSION)));
    expect(ratio).toBeGreaterThan(0.6);
    expect(ratio).toBeLessThan(1.1);
  });
});

describe('a batch that does not fit', () => {
  const batch = (count: number) => ({ x: tensor(new Float32Array(count * 16).map((_, i) => Math.sin(i)), [count, 1, 4, 4]), y: Array.from({ length: count }, (_, i) => i % 3) });

  it('is refused before anything is allocated, with the batch that would fit', () => {
    const of = trainer({}, small(100_000));
    const before = of.weights();
    let fits = 0;
    try {
      of.step(batch(1000));
    } catch (error) {
      expect(error).toBeInstanceOf(EngineError);
      const { message } = error as EngineError;
      fits = Number(/^batch: expected at most (\d+) examples, got 1000, which take about 1 MB where there is room for 1 MB; the option accumulate/.exec(message)?.[1]);
    }
    expect(fits).toBeGreaterThan(1);
    expect(of.weights()).toEqual(before);
    expect(() => of.step(batch(fits + 1))).toThrow(/expected at most/);
    expect(of.step(batch(fits))).toMatchObject({ step: 1 });
  });

  it('of one example is too much of a network', () => {
    expect(() => trainer({}, small(1000)).step(batch(2))).toThrow(/^batch: expected a smaller network or smaller images, got 2, .* one example alone is too much$/);
  });

  it('that the system has no memory for is refused alike', () => {
    const engine = openTrain('simd');
    const compile = (): never => {
      throw new EngineError('engine: no memory', { got: 'engine/memory' });
    };
    const of = trainer({}, Object.create(engine, { compile: { value: compile } }) as TrainEngine);
    expect(() => of.step(batch(8))).toThrow(/^batch: expected fewer examples, perhaps half of them, got 8, /);
  });
});

describe('programs', () => {
  const graph = () => toGraph(stack([conv2d(1, 2, 3, { padding: 1 }), batchNorm2d(2), relu(), dropout(0.2), globalAvgPool2d(), flatten(), linear(2, 3)], { input: [null, 1, null, null] }));
  const batch = (size: number, count = 4) => ({ x: tensor(new Float32Array(count * size * size).map((_, i) => Math.sin(i)), [count, 1, size, size]), y: Array.from({ length: count }, (_, i) => i % 3) });

  /** An engine that counts, and of which only so much is left. */
  function counting(left?: (alive: number) => number) {
    const engine = openTrain('simd');
    const alive = new Set<number>();
    const counts = { alive, compiled: 0, engine };
    counts.engine = Object.create(engine, {
      compile: { value: (...args: Parameters<TrainEngine['compile']>) => {
        const id = engine.compile(...args);
        counts.compiled++;
        alive.add(id);
        return id;
      } },
      release: { value: (id: number) => {
        expect(alive.delete(id)).toBe(true);
        engine.release(id);
      } },
      ...(left && { room: { value: () => left(alive.size) } }),
    }) as TrainEngine;
    return counts;
  }

  it('of shapes in turn are compiled once each', () => {
    const counts = counting();
    const of = trainer({}, counts.engine, graph());
    for (let i = 0; i < 5; i++) {
      for (const count of [4, 3]) of.step(batch(6, count));
      for (const count of [4, 3]) of.evaluate(batch(6, count));
    }
    expect(counts.compiled).toBe(4);
  });

  it('of many shapes are not all kept, and learn what they learn when made anew from what was saved', () => {
    const counts = counting();
    const of = trainer({ seed: 5 }, counts.engine, graph());
    let saved: Uint8Array | undefined;
    for (let i = 0; i < 40; i++) {
      of.step(batch(4 + i));
      expect(counts.alive.size).toBeLessThanOrEqual(8);
      const anew = trainer({ seed: 5, resume: saved }, openTrain('simd'), graph());
      anew.step(batch(4 + i));
      saved = anew.save();
    }
    expect(counts.compiled).toBe(40);
    expect(counts.alive.size).toBe(8);
    expect(Buffer.compare(of.save(), saved!)).toBe(0);
    of.dispose();
    expect(counts.alive.size).toBe(0);
  });

  it('are released for one that has no room', () => {
    const counts = counting((alive) => (alive > 2 ? 0 : 1e9));
    const [of, free] = [trainer({}, counts.engine, graph()), trainer({}, undefined, graph())];
    for (const size of [4, 5, 6, 7, 4]) expect(of.step(batch(size))).toEqual(free.step(batch(size)));
    expect(counts.alive.size).toBe(3);
    expect(of.weights()).toEqual(free.weights());
  });

  it('are released where the system has less memory than was known', () => {
    const counts = counting();
    const { compile } = counts.engine;
    const scarce = Object.create(counts.engine, { compile: { value: (...args: Parameters<TrainEngine['compile']>) => {
      if (counts.alive.size > 1) throw new EngineError('engine: no memory', { got: 'engine/memory' });
      return compile(...args);
    } } }) as TrainEngine;
    const of = trainer({}, scarce, graph());
    for (const size of [4, 5, 6, 4]) of.step(batch(size));
    expect([of.steps, counts.alive.size]).toEqual([4, 2]);
  });

  it('leave room for others when they are released: memory never shrinks', () => {
    expect(roomIn(1e6, 0)).toBe(2 ** 31 - 1);
    expect(roomIn(2 ** 32 - 65536, 0)).toBe(65536);
    expect(roomIn(2 ** 32 - 65536, 1e6)).toBe(65536 + 1e6);
    expect(roomIn(2 ** 32 - 65536, 3e9)).toBe(2 ** 31 - 1);
  });
});
