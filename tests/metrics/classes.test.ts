/** Overlaps of boxes equal to torchvision's, and scores of classes equal to torchmetrics'. */
import { describe, expect, it } from 'vitest';
import { ArgumentError, ShapeError } from '../../ts/base/errors.js';
import { boxIou, completeBoxIou, distanceBoxIou, generalizedBoxIou } from '../../ts/metrics/box-iou.js';
import { confusionMatrix } from '../../ts/metrics/confusion.js';
import { topK } from '../../ts/metrics/top-k.js';
import { tensor } from '../../ts/tensor/tensor.js';
import { expected, Random, randomBox } from './random-data.js';

const near = (got: ArrayLike<number>, wanted: readonly number[], tolerance: number): void => {
  expect(got).toHaveLength(wanted.length);
  expect(wanted.filter((value, i) => !(Math.abs(value - got[i]!) <= tolerance))).toEqual([]);
};

describe('overlaps of boxes', () => {
  const random = new Random(5);
  const [a, b] = [9, 7].map((length) => Array.from({ length }, () => randomBox(random, 50, 40))) as [ReturnType<typeof randomBox>[], ReturnType<typeof randomBox>[]];
  a[0] = b[0]!;

  it.each([
    ['box_iou', boxIou], ['generalized_box_iou', generalizedBoxIou], ['distance_box_iou', distanceBoxIou], ['complete_box_iou', completeBoxIou],
  ] as const)('%s', (name, measure) => {
    const { shape, data, dtype } = measure(a, b);
    expect({ shape, dtype }).toEqual({ shape: [9, 7], dtype: 'float64' });
    near(data, expected.boxIou[name], 1e-12);
  });

  it('of none are none, and of boxes without an area are numbers', () => {
    const point = { left: 3, top: 3, width: 0, height: 0 };
    for (const measure of [boxIou, generalizedBoxIou, distanceBoxIou, completeBoxIou]) {
      expect(measure([], b).shape).toEqual([0, 7]);
      expect([...measure([point], [point, a[1]!]).data].every(Number.isFinite)).toBe(true);
      expect(() => measure(a, [{ ...point, left: NaN }])).toThrow(/^b: box 0: left: expected a finite number, got NaN/);
      expect(() => measure([{ ...point, width: -1 }], b)).toThrow(ArgumentError);
    }
  });
});

describe('a confusion matrix', () => {
  const random = new Random(3);
  const cases = [undefined, 255].map((ignore) => {
    const truths = Array.from({ length: 500 }, () => (ignore !== undefined && random.next() < 0.2 ? 255 : random.below(4)));
    const answers = truths.map((truth) => (truth < 4 && random.next() < 0.6 ? truth : [0, 1, 2, 3, 5][random.below(5)]!));
    return { ignore, truths, answers };
  });

  it.each([0, 1])('has the scores of torchmetrics: case %s', (at) => {
    const { ignore, truths, answers } = cases[at]!;
    const matrix = confusionMatrix({ classes: 6, ignore });
    matrix.add(Uint8Array.from(truths.slice(0, 123)), Uint8Array.from(answers.slice(0, 123)));
    matrix.add(truths.slice(123), answers.slice(123));
    const { meanIou, meanDice, accuracy, ...each } = matrix.scores();
    const wanted = expected.classes.matrices[at]!;
    near([meanIou!, meanDice!, accuracy!], [wanted.meanIou, wanted.meanDice, wanted.accuracy], 1e-6);
    for (const name of ['iou', 'dice', 'precision', 'recall'] as const) near(each[name].map((value) => value ?? 0), wanted[name], 1e-6);
    expect([each.iou[4], each.dice[4], each.precision[4], each.recall[5]]).toEqual([undefined, undefined, undefined, undefined]);
    expect(each.iou[5]).toBe(0);
    expect(each.count).toBe(truths.filter((truth) => truth !== ignore).length);
  });

  it('refuses what is no class, and then has counted nothing', () => {
    const matrix = confusionMatrix({ classes: ['no', 'yes'], ignore: 255 });
    expect(() => matrix.add([0, 1, 2], [0, 1, 1])).toThrow(/^truths: element 2: expected a class from 0 to 1, or 255, got 2/);
    expect(() => matrix.add([0, 255, 1], [0, 7, 7])).toThrow(/^answers: element 2: expected a class from 0 to 1, got 7/);
    expect(() => matrix.add([0, NaN], [0, 1])).toThrow(ArgumentError);
    expect(() => matrix.add([0], [0, 1])).toThrow(ShapeError);
    expect(matrix.scores()).toMatchObject({ count: 0, accuracy: undefined, meanIou: undefined, iou: [undefined, undefined] });
    for (const options of [undefined, {}, { classes: 0 }, { classes: 1e9 }, { classes: 2, ignore: 0.5 }, { classes: 2, ignored: 3 }]) {
      expect(() => confusionMatrix(options as never)).toThrow(ArgumentError);
    }
  });
});

describe('top-k', () => {
  it('has the accuracies of torchmetrics', () => {
    const random = new Random(3);
    for (const ignore of [false, true]) {
      const truths = Array.from({ length: 500 }, () => (ignore && random.next() < 0.2 ? 255 : random.below(4)));
      for (const truth of truths) if (!(truth < 4 && random.next() < 0.6)) random.below(5);
    }
    const scores = Array.from({ length: 100 }, () => Array.from({ length: 12 }, () => random.next()));
    const truths = Array.from({ length: 100 }, () => random.below(12));
    const top = topK([1, 3, 5]);
    top.addScores(truths, tensor(scores));
    near(top.result().map((value) => value!), expected.classes.top, 1e-6);
    const named = topK([1, 3, 5]);
    truths.forEach((truth, i) => named.add(truth, [...scores[i]!.keys()].sort((a, b) => scores[i]![b]! - scores[i]![a]!)));
    expect(named.result()).toEqual(top.result());
  });

  it('names the lower class of equal ones first, and takes fewer classes than k', () => {
    const top = topK();
    top.addScores([0, 1], tensor([[0.5, 0.5], [0.5, 0.5]]));
    expect([top.result(), top.count]).toEqual([[0.5, 1], 2]);
  });

  it('refuses what has no meaning', () => {
    const top = topK();
    expect(top.result()).toEqual([undefined, undefined]);
    expect(() => top.addScores([0, 1], tensor([[1, 0]]))).toThrow(ShapeError);
    expect(() => top.addScores([0, 2], tensor([[1, 0], [1, 0]]))).toThrow(/truths: element 1: expected a class from 0 to 1/);
    expect(() => top.addScores([0], tensor([[1, NaN]]))).toThrow(/scores: row 0/);
    expect(() => top.add(-1, [0])).toThrow(ArgumentError);
    expect(top.count).toBe(0);
    for (const ks of [[], [0], [1.5], 5]) expect(() => topK(ks as never)).toThrow(ArgumentError);
  });
});

it.each([['boxIou', boxIou], ['generalizedBoxIou', generalizedBoxIou], ['distanceBoxIou', distanceBoxIou], ['completeBoxIou', completeBoxIou]] as const)('%s refuses what are no lists of boxes', (_, measure) => {
  for (const make of [() => measure(null as never, []), () => measure([], 'box' as never), () => measure([null as never], []), () => measure([], new Array(1) as never)]) expect(make).toThrow(ArgumentError);
  expect(() => measure([], {} as never)).toThrow(/^b: expected a list of boxes, got Object$/);
});
