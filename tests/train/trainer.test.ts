/** The trainer as it is used: it learns, repeats itself by seed, goes on from what it saved, and refuses what does not fit. */
import { describe, expect, it } from 'vitest';
import { ArgumentError, DisposedError, DtypeError, EngineError, FormatError, ShapeError, UnsupportedError, WeightsError } from '../../ts/base/errors.js';
import { batchNorm2d, conv2d, dropout, flatten, linear, maxPool2d, relu } from '../../ts/ops/layers.js';
import { sequential as stack, toGraph } from '../../ts/layers/index.js';
import type { Tensor } from '../../ts/tensor/tensor.js';
import { tensor } from '../../ts/tensor/tensor.js';
import { crossEntropy, mse } from '../../ts/train/losses.js';
import { adamw, sgd } from '../../ts/train/optimizers.js';
import { cosine } from '../../ts/train/schedules.js';
import { Trainer } from '../../ts/train/trainer.js';
import type { TrainerOptions } from '../../ts/train/setup.js';
import { openModel, openTrain } from '../support/train.js';

const net = () => toGraph(stack([
  conv2d(1, 4, 3, { padding: 1 }), batchNorm2d(4), relu(), maxPool2d(2), dropout(0.25), flatten(), linear(4 * 4 * 4, 3),
], { input: [null, 1, 8, 8] }));

/** Images of three classes: a bright row at another height, with noise that follows from the index. */
function images(count: number): { x: Tensor; y: number[] } {
  const y = Array.from({ length: count }, (_, i) => i % 3);
  const data = new Float32Array(count * 64).map((_, i) => {
    const [image, row] = [Math.floor(i / 64), Math.floor((i % 64) / 8)];
    return (Math.floor(row / 3) === y[image] ? 1 : 0) + 0.3 * Math.sin(i * 12.9898);
  });
  return { x: tensor(data, [count, 1, 8, 8]), y };
}

const OPTIONS = { loss: crossEntropy(), optimizer: adamw({ lr: cosine(0.01, { steps: 40, warmup: 4 }), weightDecay: 0.01 }), clip: 1, seed: 7 } satisfies TrainerOptions;
const trainer = (options: Partial<TrainerOptions> = {}): Trainer => new Trainer(openTrain('simd'), net(), { ...OPTIONS, ...options }, openModel);
const bytesOf = (of: Trainer): number[] => of.weights().flatMap(({ bytes }) => [...bytes]);

describe('learning', () => {
  it('lowers the loss until all is right', () => {
    const of = trainer();
    const batch = images(24);
    const first = of.step(batch);
    expect(first).toMatchObject({ step: 1, skipped: false, lr: 0.0025 });
    expect(first.gradNorm).toBeGreaterThan(0);
    for (let i = 1; i < 40; i++) of.step(batch);
    const { loss, accuracy, output } = of.evaluate(batch);
    expect(loss).toBeLessThan(first.loss / 4);
    expect(accuracy).toBe(1);
    expect(output.shape).toEqual([24, 3]);
    expect(of.steps).toBe(40);
  });

  it('draws the same of the same seed, another of another', () => {
    const run = (seed: number): number[] => {
      const of = trainer({ seed });
      for (let i = 0; i < 3; i++) of.step(images(6));
      return bytesOf(of);
    };
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
  });

  it.each([1, 2])('saves what a model is loaded from, also between the batches of an update of %i', async (accumulate) => {
    const of = trainer({ accumulate });
    of.step(images(6));
    const opened = await openModel(net(), { weights: of.save() });
    const [answer] = Object.values(opened.run({ [opened.inputs[0]?.name ?? '']: images(6).x }));
    expect(answer?.shape).toEqual([6, 3]);
    const { output } = of.evaluate(images(6));
    const apart = Array.from(answer?.data ?? [], (value, i) => Math.abs(value - Number(output.data[i])));
    for (const diff of apart) expect(!(diff <= 1e-4)).toBe(false);
    opened.dispose();
  });

  it('goes on from what it saved as if it had never stopped, and with batches of other sizes', () => {
    const whole = trainer();
    const begun = trainer();
    const sizes = [6, 6, 4, 6, 3, 6];
    sizes.slice(0, 3).forEach((size) => begun.step(images(size)));
    const resumed = trainer({ seed: 99, resume: begun.save() });
    sizes.slice(3).forEach((size) => resumed.step(images(size)));
    sizes.forEach((size) => whole.step(images(size)));
    expect(bytesOf(resumed)).toEqual(bytesOf(whole));
    expect(resumed.steps).toBe(6);
  });

  it('leaves alone what is not trainable, and its statistics', () => {
    const of = trainer({ trainable: (name) => name.startsWith('6.') });
    const before = of.weights();
    of.step(images(6));
    const changed = of.weights().filter(({ bytes }, i) => Buffer.compare(bytes, before[i]!.bytes) !== 0);
    expect(changed.map(({ name }) => name)).toEqual(['6.weight', '6.bias']);
    expect([...of.gradients(images(6)).keys()]).toEqual(['6.weight', '6.bias']);
  });

  it('gives gradients without learning', () => {
    const of = trainer();
    const before = bytesOf(of);
    const gradients = of.gradients(images(6));
    expect(gradients.get('0.weight')).toMatchObject({ dtype: 'float32', shape: [4, 1, 3, 3] });
    expect(gradients.get('0.weight')!.norm).toBeGreaterThan(0);
    expect(bytesOf(of)).toEqual(before);
  });
});

describe('a model of what was learned', () => {
  it('gives what the trainer gives, and stays as it is while that goes on', async () => {
    const of = trainer();
    const batch = images(6);
    for (let i = 0; i < 5; i++) of.step(batch);
    const { output } = of.evaluate(batch);
    using model = await of.model({ labels: ['a', 'b', 'c'] });
    of.step(batch);
    const answer = Object.values(model.run(batch.x))[0]!;
    expect(answer.shape).toEqual([6, 3]);
    answer.data.forEach((value, i) => expect(value).toBeCloseTo(output.data[i]!, 4));
    expect(model.labels).toEqual(['a', 'b', 'c']);
    of.dispose();
    expect(() => model.run(batch.x)).not.toThrow();
  });
});

describe('what is not finite', () => {
  const odd = (): Trainer => trainer({ optimizer: sgd({ lr: 1 }), weights: trainer().weights().map((stored) => {
    if (stored.name !== '6.weight') return stored;
    return { ...stored, bytes: new Uint8Array(new Float32Array(stored.bytes.byteLength / 4).fill(3e38).buffer) };
  }) });

  it('is an error that leaves parameters as they were', () => {
    const of = odd();
    const before = bytesOf(of);
    expect(() => of.step(images(6))).toThrow(EngineError);
    const saved = of.save();
    expect(() => of.step(images(6))).toThrow(/^step 1: .* parameters are as before/);
    expect(bytesOf(of)).toEqual(before);
    // Neither has the count of draws gone on, which tells masks apart.
    expect(Buffer.compare(of.save(), saved)).toBe(0);
  });

  it('is left out where that is wanted', () => {
    const of = trainer({ skipNonFinite: true, weights: odd().weights() });
    expect(of.step(images(6))).toMatchObject({ skipped: true, step: 0 });
  });
});

describe('what does not fit', () => {
  const of = trainer();
  const { x, y } = images(6);

  it.each([
    ['a label', () => of.step({ x, y: [0, 1, 2, 3, 1, 2] }), ArgumentError, /^y\[3\]: expected a class from 0 to 2, got 3$/],
    ['too few labels', () => of.step({ x, y: y.slice(1) }), ShapeError, /^y: expected \[6\], got \[5\]$/],
    ['another type', () => of.step({ x: { ...x, dtype: 'float64' } as never, y }), DtypeError, /^x: expected float32, got float64$/],
    ['another shape', () => of.step({ x: tensor(new Float32Array(6 * 49), [6, 1, 7, 7]), y }), ShapeError, /expected \[\?, 1, 8, 8\], got \[6, 1, 7, 7\]/],
    ['NaN in the data', () => of.step({ x: tensor(x.data.map((value, i) => (i === 70 ? Number.NaN : value)), [6, 1, 8, 8]), y }), ArgumentError, /^x: expected finite numbers, got NaN in example 1$/],
    ['no tensor', () => of.step({ x: 5 as never, y }), ArgumentError, /^x: expected a tensor, got /],
    ['no loss', () => trainer({ loss: [] }), ArgumentError, /loss: expected a loss/],
    ['no optimiser', () => trainer({ optimizer: 3 as never }), ArgumentError, /optimizer: expected an optimiser/],
    ['nothing to learn', () => trainer({ trainable: () => false }), ArgumentError, /trainable: expected at least one/],
    ['weights that lack one', () => trainer({ weights: of.weights().slice(1) }), WeightsError, /^weights: 0.weight: expected a tensor of this name, got none; partial: true/],
    ['weights of another network', () => trainer({ weights: of.weights().map((stored) => ({ ...stored, name: `x.${stored.name}` })), partial: true }), WeightsError, /^weights: expected names such as 0.weight, got x.0.weight[:;,] .*none of the names is a parameter of the network$/],
    ['a checkpoint that is none', () => trainer({ resume: new Uint8Array(4) }), FormatError, /^resume: /],
    ['an output that is not there', () => trainer({ loss: mse({ output: 'nope' }) }), ArgumentError, /loss.output: expected one of output, got/],
  ] as const)('%s', (_, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });

  it('partial weights may lack some and have others: those that fit are taken', () => {
    const [first, ...rest] = of.weights().map((stored) => ({ ...stored, bytes: stored.bytes.slice().fill(0) }));
    const surplus = { ...first!, name: 'head.weight' };
    expect(() => trainer({ weights: [first!, ...rest, surplus] })).toThrow(/^weights: expected names of parameters of the network, got head.weight/);
    const [zeros, drawn] = trainer({ weights: [first!, surplus], partial: true }).weights();
    expect(zeros!.bytes.every((byte) => byte === 0)).toBe(true);
    expect(drawn).toEqual(of.weights()[1]);
  });

  it('a batch of which BatchNorm sees one value a channel', () => {
    const graph = toGraph(stack([conv2d(1, 2, 3), batchNorm2d(2), flatten(), linear(2, 2)], { input: [null, 1, 3, 3] }));
    const one = new Trainer(openTrain('simd'), graph, OPTIONS);
    expect(() => one.step({ x: tensor(new Float32Array(9), [1, 1, 3, 3]), y: [0] })).toThrow(/1 value a channel, expected 2 or more/);
  });

  it('a layer without a gradient is named at once', () => {
    const graph = toGraph(stack([conv2d(1, 2, 3)], { input: [null, 1, 3, 3] }));
    const broken = { ...graph, nodes: graph.nodes.map((node) => ({ ...node, op: { ...node.op, type: 'Nothing' } })) };
    expect(() => new Trainer(openTrain('simd'), broken, OPTIONS)).toThrow(UnsupportedError);
  });

  it('a trainer that was disposed', () => {
    const gone = trainer();
    gone.dispose();
    gone.dispose();
    expect(() => gone.step({ x, y })).toThrow(DisposedError);
  });
});
