/** Regions against torchvision: its numbers stand in roi.json, which roi.py writes. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ArgumentError, ShapeError, UnsupportedError } from '../../ts/base/errors.js';
import { fasterRcnn, fpn, twoStage } from '../../ts/models/detection/parts.js';
import type { TwoStageOptions } from '../../ts/models/detection/parts.js';
import { boxDetections, conv2d, graph, input, multiScaleRoiAlign, named, proposals, psRoiAlign, psRoiPool, relu, roiAlign, roiPool, sequential } from '../../ts/ops/layers.js';
import type { Value } from '../../ts/ops/layers.js';
import { withOutputs } from '../../ts/ops/with-outputs.js';
import { Session } from '../../ts/session/session.js';
import { count } from '../../ts/tensor/shape.js';
import { tensor } from '../../ts/tensor/tensor.js';
import { vjpOf } from '../../ts/train/vjp.js';
import { openVariant, RUNNABLE } from '../golden/engine.js';
import { formula, formulaSource } from '../golden/formula.js';
import type { ParamRecord } from '../golden/formula.js';
import { openTrain, TRAIN_VARIANTS } from '../support/train.js';

interface Oracle {
  readonly rois: readonly (readonly number[])[];
  readonly single: readonly { readonly kind: 'align' | 'pool' | 'psAlign' | 'psPool'; readonly sampling?: number; readonly aligned?: boolean; readonly y: readonly number[]; readonly dx?: readonly number[] }[];
  readonly pyramid: readonly number[];
  readonly twoStage: {
    readonly params: readonly ParamRecord[];
    readonly proposals: readonly (readonly number[])[];
    readonly detections: readonly { readonly boxes: readonly number[]; readonly scores: readonly number[]; readonly labels: readonly number[] }[];
  };
}

const oracle = JSON.parse(readFileSync(new URL('./roi.json', import.meta.url), 'utf8')) as Oracle;
const ROIS = tensor(Float32Array.from(oracle.rois.flat()), [oracle.rois.length, 5]);
const SIZE = [2, 3] as const;

function near(got: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expect(got.length).toBe(expected.length);
  expect(expected.flatMap((value, i) => (Math.abs(got[i]! - value) <= tolerance ? [] : [`${i}: ${got[i]}, expected ${value}`]))).toEqual([]);
}

function layerOf({ kind, sampling = 0, aligned = false }: Oracle['single'][number], x: Value, rois: Value): Value {
  const options = { size: SIZE, scale: 0.25 };
  switch (kind) {
    case 'align': return roiAlign(x, rois, { ...options, samplingRatio: sampling, aligned });
    case 'pool': return roiPool(x, rois, options);
    case 'psAlign': return psRoiAlign(x, rois, { ...options, samplingRatio: sampling });
    case 'psPool': return psRoiPool(x, rois, options);
  }
}

describe.each(oracle.single.map((row): [string, Oracle['single'][number]] => [`${row.kind} ${row.sampling ?? ''} ${row.aligned ? 'aligned' : ''}`, row]))('%s', (_, row) => {
  const shape = row.kind.startsWith('ps') ? [2, 12, 6, 8] : [2, 3, 6, 8];
  const data = formula(row.kind.startsWith('ps') ? 'roi.wide' : 'roi.x', count(shape), 0, 1);
  const [x, rois] = [input([null, shape[1]!, null, null]), input([null, 5])];
  const net = graph({ x, rois }, { y: layerOf(row, x, rois) });

  test.each(RUNNABLE)('%s: as torchvision', (variant) => {
    const session = new Session(openVariant(variant), net, formulaSource([]));
    near(session.run({ x: tensor(data, shape), rois: ROIS }).y!.data, row.y, 1e-6);
    session.dispose();
  });

  const gradientOf = (variant: (typeof TRAIN_VARIANTS)[number]): ReadonlyMap<string, { readonly data: Float32Array }> => {
    const y = [oracle.rois.length, 3, ...SIZE];
    return vjpOf(openTrain(variant), net, {
      weights: new Map(), training: true,
      inputs: new Map([['x', { shape, data }], ['rois', { shape: ROIS.shape, data: ROIS.data as Float32Array }]]),
      upstream: new Map([['y', { shape: y, data: formula('roi.dy', count(y), 0, 1) }]]),
    }).gradients;
  };

  const { dx } = row;
  if (dx) test.each(TRAIN_VARIANTS)('%s: its gradient as PyTorch\'s', (variant) => {
    const gradients = gradientOf(variant);
    near(gradients.get('x')!.data, dx, 4e-6);
    expect(gradients.has('rois')).toBe(false);
  });
  else test.each(TRAIN_VARIANTS)('%s: that it cannot be trained is said', (variant) => {
    expect(() => gradientOf(variant)).toThrow(UnsupportedError);
  });
});

test.each(RUNNABLE)('%s: each region is read from its level of a pyramid', (variant) => {
  const [a, b, rois] = [input([2, 3, 12, 16]), input([2, 3, 6, 8]), input([null, 5])];
  // torchvision infers the scales of 24 x 32 pixels.
  const y = multiScaleRoiAlign([a, b], rois, { size: [3, 2], scales: [1 / 2, 1 / 4], canonicalSize: 32, canonicalLevel: 2 });
  const session = new Session(openVariant(variant), graph({ a, b, rois }, { y }), formulaSource([]));
  const map = (level: number, shape: readonly number[]) => tensor(formula(`roi.level${level}`, count(shape), 0, 1), shape);
  near(session.run({ a: map(0, [2, 3, 12, 16]), b: map(1, [2, 3, 6, 8]), rois: ROIS }).y!.data, oracle.pyramid, 1e-6);
  session.dispose();
});

/** Two maps of strides 4 and 8, and the pooled one. */
function backbone(images: Value): readonly Value[] {
  const body = (i: number, from: number, to: number, x: Value): Value =>
    relu()(named('backbone.body', (value) => sequential({ [i]: conv2d(from, to, 3, { stride: 2, padding: 1 }) })(value))(x));
  const fine = body(1, 8, 12, body(0, 3, 8, images));
  return fpn('backbone.fpn', [fine, body(2, 12, 16, fine)], 10);
}

const OPTIONS: TwoStageOptions = {
  backbone, roiLevels: 2, classes: 4, hidden: 24, bins: 3, canonicalSize: 96, anchors: { sizes: [[12], [24], [48]], ratios: [[0.5, 1, 2], [0.5, 1, 2], [0.5, 1, 2]] },
  proposals: { preNmsTopN: 40, postNmsTopN: 25 }, detections: { detectionsPerImage: 12, scoreThreshold: 0.2 },
};

describe('a small Faster R-CNN', () => {
  const { params, proposals: regions, detections } = oracle.twoStage;
  const net = fasterRcnn({ ...OPTIONS, input: [null, 3, null, null] });
  const images = tensor(formula('roi.images', 2 * 3 * 48 * 64, 0, 1), [2, 3, 48, 64]);

  test('has the parameters of torchvision', () => {
    const named = (all: readonly { readonly name: string; readonly shape: readonly number[] }[]): string[] => all.map(({ name, shape }) => `${name} ${shape.join('x')}`).sort();
    expect(named(net.params)).toEqual(named(params.map(([name, shape]) => ({ name, shape }))));
  });

  test.each(RUNNABLE)('%s: proposes and finds the boxes of torchvision in two images', (variant) => {
    const session = new Session(openVariant(variant), withOutputs(net, ['boxes', 'scores', 'labels', 'count', 'rpn.proposals']), formulaSource(params));
    const { boxes, scores, labels, count: counts, 'rpn.proposals': rois } = session.run({ input: images });
    expect(rois!.shape).toEqual([50, 5]);
    expect([...counts!.data]).toEqual(detections.map(({ scores }) => scores.length));
    detections.forEach((expected, image) => {
      const most = scores!.shape[1]!;
      const of = (data: ArrayLike<number>, width: number): number[] => Array.from(data).slice(image * most * width, (image * most + expected.scores.length) * width);
      near(of(boxes!.data as Float32Array, 4), expected.boxes, 1e-3);
      near(of(scores!.data as Float32Array, 1), expected.scores, 1e-5);
      expect(of(labels!.data as Float32Array, 1)).toEqual(expected.labels);
      const rows = Array.from(rois!.data as Float32Array).slice(image * 125, (image + 1) * 125);
      const own = rows.flatMap((_, i) => (i % 5 === 0 && rows[i] === image ? [rows.slice(i + 1, i + 5)] : []));
      expect(own.length).toBe(regions[image]!.length / 4);
      near(own.flat(), regions[image]!, 1e-3);
      expect(rows.slice(own.length * 5)).toEqual(Array.from({ length: 25 - own.length }, () => [-1, 0, 0, 0, 0]).flat());
    });
    session.dispose();
  });

  test('lists are as long as there may be boxes, and open while the size is', () => {
    expect(withOutputs(net, ['rpn.proposals']).outputs.map(({ value }) => net.values[value]!.shape)).toEqual([[null, 5]]);
    const small = fasterRcnn({ ...OPTIONS, input: [2, 3, 16, 16] });
    // 4 x 4, 2 x 2 and 1 x 1 places of three anchors: 40, 12 and 3, of which 25 are kept.
    expect(withOutputs(small, ['rpn.proposals']).outputs.map(({ value }) => small.values[value]!.shape)).toEqual([[50, 5]]);
  });

  test('weights that are not numbers find nothing', () => {
    const session = new Session(openVariant('simd'), net, formulaSource(params.map(([name, shape]): ParamRecord => [name, shape, Number.NaN, 0])));
    const result = session.run({ input: images });
    expect([...result['count']!.data]).toEqual([0, 0]);
    expect(new Set(result['boxes']!.data as Float32Array)).toEqual(new Set([0]));
    session.dispose();
  });
});

describe('what does not fit is refused', () => {
  const [x, rois] = [input([1, 3, 8, 8]), input([4, 5])];
  const level = (channels: number) => ({ objectness: input([1, channels, 4, 4]), deltas: input([1, 4 * channels, 4, 4]) });
  const anchors = { sizes: [[8]], ratios: [[1, 2]] };
  test.each<[string, () => unknown, typeof ArgumentError | typeof ShapeError, RegExp]>([
    ['regions of four numbers', () => roiAlign(x, input([4, 4]), { size: 2 }), ShapeError, /regions \[R, 5\]/],
    ['a map that is none', () => roiAlign(input([1, 3]), rois, { size: 2 }), ShapeError, /map \[N, C, H, W\]/],
    ['no size', () => roiAlign(x, rois, {} as never), ArgumentError, /size/],
    ['a size of 0', () => roiPool(x, rois, { size: 0 }), ArgumentError, /size to be a whole number from 1 on, got 0/],
    ['too many samples', () => roiAlign(x, rois, { size: 2, samplingRatio: 1000 }), ArgumentError, /at most 256/],
    ['channels that bins do not divide', () => psRoiPool(x, rois, { size: 2 }), ShapeError, /4 bins divide/],
    ['maps of other channels', () => multiScaleRoiAlign([x, input([1, 4, 4, 4])], rois, { size: 2, scales: [1, 0.5] }), ShapeError, /maps of 3 channels/],
    ['more scales than maps', () => multiScaleRoiAlign([x], rois, { size: 2, scales: [1, 0.5] }), ShapeError, /expected 2 maps/],
    ['an unknown option', () => roiAlign(x, rois, { size: 2, ratio: 1 } as never), ArgumentError, /an option it has, got ratio/],
    ['objectness of other anchors', () => proposals(x, [level(3)], anchors), ShapeError, /level 0/],
    ['levels without anchors', () => proposals(x, [level(2), level(2)], anchors), ShapeError, /expected 1 levels, got 2/],
    ['anchors of no size', () => proposals(x, [level(2)], { sizes: [[0]], ratios: [[1, 2]] }), ArgumentError, /positive/],
    ['offsets of other classes', () => boxDetections(x, rois, { logits: input([4, 3]), deltas: input([4, 8]) }), ShapeError, /4 K/],
    ['weights that are none', () => boxDetections(x, rois, { logits: input([4, 3]), deltas: input([4, 12]) }, { weights: [1, 1, 0, 1] }), ArgumentError, /four positive numbers/],
    ['anchors of other levels', () => twoStage(x, { ...OPTIONS, anchors, backbone: () => [x, x] }), ArgumentError, /those of 2 maps/],
    ['an option that there is not', () => twoStage(x, { ...OPTIONS, layers: 3 } as never), ArgumentError, /an option it has, got layers/],
  ])('%s', (_, make, kind, message) => {
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });
});
