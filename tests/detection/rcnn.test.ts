/** How a detector of two stages learns: against torchvision (tests/ops/roi.json, which roi.py writes), bad input, and that it learns. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ArgumentError, EngineError, ReceptiveError } from '../../ts/base/errors.js';
import { rcnnLosses, rcnnTruths } from '../../ts/detection/rcnn.js';
import type { TruthBox } from '../../ts/detection/assign.js';
import type { Graph } from '../../ts/graph/graph.js';
import { fpn, learnTwoStage, twoStage } from '../../ts/models/detection/parts.js';
import { conv2d, graph, input, linear, named, relu, sequential } from '../../ts/ops/layers.js';
import type { Value } from '../../ts/ops/layers.js';
import { count } from '../../ts/tensor/shape.js';
import { tensor } from '../../ts/tensor/tensor.js';
import type { Batch } from '../../ts/train/batch.js';
import { bceWithLogits, crossEntropy, smoothL1 } from '../../ts/train/losses.js';
import type { Loss } from '../../ts/train/loss.js';
import { sgd } from '../../ts/train/optimizers.js';
import { Trainer } from '../../ts/train/trainer.js';
import { formula } from '../golden/formula.js';
import type { ParamRecord } from '../golden/formula.js';
import { openModel, openTrain, TRAIN_ENGINES } from '../support/train.js';

interface Oracle {
  readonly twoStage: {
    readonly params: readonly ParamRecord[];
    readonly training: {
      readonly truths: readonly (readonly [readonly (readonly number[])[], readonly number[]])[];
      readonly losses: Readonly<Record<'loss_objectness' | 'loss_rpn_box_reg' | 'loss_classifier' | 'loss_box_reg', number>>;
      readonly gradients: Readonly<Record<string, readonly number[]>>;
    };
  };
}

const { params, training } = (JSON.parse(readFileSync(new URL('../ops/roi.json', import.meta.url), 'utf8')) as Oracle).twoStage;

/** Two maps of strides 4 and 8, and the pooled one. */
function backbone(images: Value): readonly Value[] {
  const body = (i: number, from: number, to: number, x: Value): Value =>
    relu()(named('backbone.body', (value) => sequential({ [i]: conv2d(from, to, 3, { stride: 2, padding: 1 }) })(value))(x));
  const fine = body(1, 8, 12, body(0, 3, 8, images));
  return fpn('backbone.fpn', [fine, body(2, 12, 16, fine)], 10);
}

/** The oracle's network with all that is proposed, every anchor and every region counted. */
function network(samplesPerImage = 10_000) {
  const [images, truths] = [input([null, 3, 48, 64]), input([null, 4, 5])];
  const parts = twoStage(images, {
    backbone, roiLevels: 2, classes: 4, hidden: 24, bins: 3, canonicalSize: 96, anchors: { sizes: [[12], [24], [48]], ratios: [[0.5, 1, 2], [0.5, 1, 2], [0.5, 1, 2]] },
  });
  const every = { samplesPerImage, positiveFraction: 1 };
  return graph({ input: images, truths }, learnTwoStage(images, truths, parts, { proposals: { preNmsTopN: 60, postNmsTopN: 30 }, anchors: every, regions: { ...every, samplesPerImage: Math.min(60, samplesPerImage) } }));
}

const boxOf = ([left = 0, top = 0, right = 0, bottom = 0]: readonly number[], label: number): TruthBox => ({ left, top, width: right - left, height: bottom - top, index: label - 1 });
const TRUTHS = training.truths.map(([boxes, labels]) => boxes.map((box, i) => boxOf(box, labels[i]!)));
const BATCH = {
  x: { input: tensor(formula('roi.images', 2 * 3 * 48 * 64, 0, 1), [2, 3, 48, 64]), truths: rcnnTruths(TRUTHS, { size: [48, 64], classes: 3, objects: 4 }) },
  y: [],
};
const WEIGHTS = Object.fromEntries(params.map(([name, shape, offset, scale]) => [name, tensor(formula(name, count(shape), offset, scale), shape)]));
const LOSSES = rcnnLosses({ levels: 3 });

function near(what: string, got: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  const largest = Math.max(...expected.map(Math.abs));
  expect(expected.flatMap((value, i) => (Math.abs(got[i]! - value) <= tolerance * largest ? [] : [`${what} ${i}: ${got[i]}, expected ${value}`]))).toEqual([]);
}

describe.each(TRAIN_ENGINES)('%s', (_, open) => {
  it('has the losses and gradients of torchvision', async () => {
    const { engine, close } = await open();
    const trainer = new Trainer(engine, network(), { loss: LOSSES, optimizer: sgd({ lr: 0 }), weights: WEIGHTS });
    const { losses } = trainer.step(BATCH);
    const sum = (from: number, to: number): number => losses.slice(from, to).reduce((all, one) => all + one, 0);
    const { loss_objectness, loss_rpn_box_reg, loss_classifier, loss_box_reg } = training.losses;
    near('loss', [sum(0, 3), sum(3, 6), losses[6]!, losses[7]!], [loss_objectness, loss_rpn_box_reg, loss_classifier, loss_box_reg], 2e-6);
    const gradients = trainer.gradients(BATCH);
    for (const [name, expected] of Object.entries(training.gradients)) near(name, gradients.get(name)!.data, expected, 2e-5);
    trainer.dispose();
    await close();
  });
});

describe('what is drawn', () => {
  /** Losses and weights after some steps that draw few boxes. */
  async function learned(open: (typeof TRAIN_ENGINES)[number][1], seed: number) {
    const { engine, close } = await open();
    const trainer = new Trainer(engine, network(8), { loss: LOSSES, optimizer: sgd({ lr: 0.01 }), weights: WEIGHTS, seed });
    const losses = [0, 1, 2].map(() => trainer.step(BATCH).losses);
    const weights = trainer.weights().map(({ name, bytes }) => [name, Buffer.from(bytes).toString('base64')]);
    trainer.dispose();
    await close();
    return { losses, weights };
  }

  it('follows from the seed, the same on one thread and on two', async () => {
    const of = (name: string) => TRAIN_ENGINES.find(([known]) => known === name)?.[1];
    const [one, two] = [of('simd')!, of('simd on 2 threads')];
    const first = await learned(one, 7);
    if (two) expect(await learned(two, 7)).toEqual(first);
    expect(await learned(one, 7)).toEqual(first);
    expect((await learned(one, 8)).losses).not.toEqual(first.losses);
    // A run draws anew: the boxes of the second step are others.
    const still = new Trainer(openTrain('simd'), network(8), { loss: LOSSES, optimizer: sgd({ lr: 0 }), weights: WEIGHTS, seed: 7 });
    expect(still.step(BATCH).losses).not.toEqual(still.step(BATCH).losses);
    still.dispose();
  });
});

describe('losses whose target is an output', () => {
  const [x, z, w] = [input([null, 6]), input([null, 6]), input([null, 6])];
  const weights = { 'fc.weight': tensor(formula('fc.weight', 36, 0, 1), [6, 6]), 'fc.bias': tensor(formula('fc.bias', 6, 0, 1), [6]) };
  const values = { x: tensor(formula('x', 24, 0, 1), [4, 6]), z: tensor(formula('z', 24, 0.5, 0.5), [4, 6]), w: tensor(formula('w', 24, 0.5, 0.5).map(Math.abs), [4, 6]) };
  const fc = linear(6, 6, { name: 'fc' });
  const of = (loss: Loss, y: ReturnType<typeof fc>, batch: Batch) => {
    const net = 'truth' in batch.x ? graph({ x, truth: z, w }, { y, truth: z, w }) : graph({ x }, { y });
    const trainer = new Trainer(openTrain('simd'), net, { loss, optimizer: sgd({ lr: 0 }), weights });
    const answer = { loss: trainer.step(batch).loss, gradients: trainer.gradients(batch) };
    trainer.dispose();
    return answer;
  };
  const fed = { x: values.x, y: tensor(Float32Array.from({ length: 48 }, (_, i) => (i % 12 < 6 ? values.z : values.w).data[Math.floor(i / 12) * 6 + (i % 6)]!), [4, 2, 6]) };
  const computed = { x: { x: values.x, truth: values.z, w: values.w }, y: [] };
  const ends = { output: 'y', target: 'truth', weights: 'w' };

  it.each([
    ['bceWithLogits', bceWithLogits(ends), bceWithLogits({ output: 'y', weighted: true })],
    ['smoothL1', smoothL1(ends), smoothL1({ output: 'y', weighted: true })],
    ['smoothL1 with a divisor', smoothL1({ ...ends, divisor: 3, beta: 0.5 }), smoothL1({ output: 'y', weighted: true, divisor: 3, beta: 0.5 })],
  ])('are those of a batch: %s', (_, own, other) => {
    const [a, b] = [of(own, fc(x), computed), of(other, fc(x), fed)];
    expect(a.loss).toBe(b.loss);
    expect(a.loss).toBeGreaterThan(0);
    expect(a.gradients).toEqual(b.gradients);
  });

  it('leave out the label that does not count', () => {
    const labels = [2, 9, 0, 9];
    const [x, truth] = [input([null, 6]), input([null])];
    const learned = (net: Graph, loss: Loss, batch: Batch) => {
      const trainer = new Trainer(openTrain('simd'), net, { loss, optimizer: sgd({ lr: 0 }), weights });
      const answer = [trainer.step(batch).loss, trainer.gradients(batch)];
      trainer.dispose();
      return answer;
    };
    const own = learned(graph({ x, truth }, { y: fc(x), truth }), crossEntropy({ output: 'y', target: 'truth', ignoreIndex: 9 }), { x: { x: values.x, truth: tensor(Float32Array.from(labels), [4]) }, y: [] });
    expect(own).toEqual(learned(graph({ x }, { y: fc(x) }), crossEntropy({ ignoreIndex: 9 }), { x: values.x, y: labels }));
    expect(own[0]).toBeGreaterThan(0);
  });

  it.each([
    ['weights without a target', () => smoothL1({ weights: 'w' }), /smoothL1: weights: expected target beside it/],
    ['weights of both kinds', () => bceWithLogits({ target: 't', weighted: true }), /bceWithLogits: weighted/],
    ['a name that is none', () => crossEntropy({ target: 3 as never }), /crossEntropy: target: expected the name of an output, got 3/],
    ['a target that is no output', () => of(smoothL1({ ...ends, target: 'other' }), fc(x), computed), /createTrainer: loss\.target: expected one of y, truth, w, got "other"/],
  ])('refuse %s', (_, make, message) => {
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow(message);
  });
});

describe('true boxes', () => {
  const options = { size: [32, 64], classes: 3, objects: 2 } as const;
  const box = { left: 2, top: 3, width: 10, height: 20, index: 1 };

  it('are rows of edges and classes, filled up with zeros', () => {
    const { shape, data } = rcnnTruths([[box], [], [box, { ...box, left: -4, index: 0 }]], options);
    expect(shape).toEqual([3, 2, 5]);
    expect([...data]).toEqual([2, 3, 12, 23, 2, 0, 0, 0, 0, 0, ...Array.from({ length: 10 }, () => 0), 2, 3, 12, 23, 2, -4, 3, 6, 23, 1]);
  });

  it.each<[string, () => unknown, RegExp]>([
    ['more than the largest number', () => rcnnTruths([[], [box, box, box]], options), /image 1: expected at most 2 objects, got 3/],
    ['one without a width', () => rcnnTruths([[{ ...box, width: 0 }]], options), /image 0: boxes\[0\]: expected a box with a width and a height above 0/],
    ['one of NaN', () => rcnnTruths([[box, { ...box, top: Number.NaN }]], options), /image 0: boxes\[1\]/],
    ['an infinite one', () => rcnnTruths([[{ ...box, height: Infinity }]], options), /image 0: boxes\[0\]/],
    ['one outside', () => rcnnTruths([[{ ...box, left: 64 }]], options), /lies on the image of 64 x 32/],
    ['a class that there is not', () => rcnnTruths([[{ ...box, index: 3 }]], options), /boxes\[0\]\.index: expected a class from 0 to 2, got 3/],
    ['what is no list', () => rcnnTruths([box] as never, options), /image 0: expected a list of its objects/],
    ['no options', () => rcnnTruths([], undefined as never), /rcnnTruths/],
    ['an option that there is not', () => rcnnTruths([], { ...options, most: 3 } as never), /expected an option it has, got most/],
    ['no number of objects', () => rcnnTruths([], { ...options, objects: 0 }), /rcnnTruths: objects/],
    ['no number of levels', () => rcnnLosses({ levels: 0 }), /rcnnLosses: levels/],
  ])('refuse %s', (_, make, message) => {
    expect(make).toThrow(ReceptiveError);
    expect(make).toThrow(message);
  });
});

describe('what does not fit', () => {
  const trainer = () => new Trainer(openTrain('simd'), network(), { loss: LOSSES, optimizer: sgd({ lr: 0.01 }), weights: WEIGHTS });
  const truths = (data: readonly number[]) => tensor(Float32Array.from([...data, ...Array.from({ length: 40 - data.length }, () => 0)]), [2, 4, 5]);

  it('an evaluation has the same losses, and no accuracy of what is drawn', () => {
    const one = trainer();
    const { loss, accuracy, output } = one.evaluate(BATCH);
    expect(loss).toBeCloseTo(one.step(BATCH).loss, 4);
    expect(accuracy).toBeUndefined();
    expect(output.shape).toEqual([2, 3, 12, 16]);
    one.dispose();
  });

  it('images without objects are background', () => {
    const one = trainer();
    const { losses } = one.step({ ...BATCH, x: { ...BATCH.x, truths: truths([]) } });
    expect(losses.slice(3, 6)).toEqual([0, 0, 0]);
    expect(losses[7]).toBe(0);
    expect(losses[6]).toBeGreaterThan(0);
    one.dispose();
  });

  it.each([['a box of no size', [5, 5, 5, 9, 1]], ['a box turned over', [9, 5, 3, 9, 1]], ['a class that there is not', [5, 5, 9, 9, 4]], ['half a class', [5, 5, 9, 9, 1.5]]])(
    'a loss of %s is not finite, and nothing is learned', (_, row) => {
      const one = trainer();
      const before = one.weights().map(({ bytes }) => bytes.slice());
      expect(() => one.step({ ...BATCH, x: { ...BATCH.x, truths: truths(row) } })).toThrow(EngineError);
      expect(one.weights().map(({ bytes }) => bytes)).toEqual(before);
      one.dispose();
    });

  it.each<[string, unknown, RegExp]>([
    ['NaN', { ...BATCH, x: { ...BATCH.x, truths: truths([Number.NaN, 5, 9, 9, 1]) } }, /x\.truths: expected finite numbers, got NaN in example 0/],
    ['more true boxes than the largest number', { ...BATCH, x: { ...BATCH.x, truths: tensor(new Float32Array(50), [2, 5, 5]) } }, /truths: expected \[\?, 4, 5\]/],
    ['a target', { ...BATCH, y: [[0, 1]] }, /y: expected 0 targets, one for each loss whose target the network does not compute, got 1/],
    ['no list of targets', { x: BATCH.x }, /y: expected 0 targets/],
  ])('%s is refused', (_, batch, message) => {
    const one = trainer();
    expect(() => one.step(batch as never)).toThrow(message);
    one.dispose();
  });

  it('the graph that learns is none for inference', async () => {
    await expect(openModel(network(), { weights: WEIGHTS })).rejects.toThrow(/AnchorTargets is computed while a network learns/);
  });

  it.each<[string, () => unknown, RegExp]>([
    ['overlaps the wrong way round', () => learn({ anchors: { matchThreshold: 0.2 } }), /expected backgroundThreshold to be at most matchThreshold, 0\.2, got 0\.3/],
    ['a part above 1', () => learn({ regions: { positiveFraction: 2 } }), /expected positiveFraction to be a number from 0 to 1, got 2/],
    ['no samples', () => learn({ regions: { samplesPerImage: 0 } }), /samplesPerImage/],
    ['an option that there is not', () => learn({ regions: { samples: 3 } as never }), /expected an option it has, got samples/],
  ])('refuses %s', (_, make, message) => {
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow(message);
  });

  function learn(options: Parameters<typeof learnTwoStage>[3]) {
    const images = input([1, 3, 48, 64]);
    const parts = twoStage(images, { backbone, roiLevels: 2, classes: 4, anchors: { sizes: [[12], [24], [48]], ratios: [[1], [1], [1]] } });
    return learnTwoStage(images, input([1, 4, 5]), parts, options);
  }
});
