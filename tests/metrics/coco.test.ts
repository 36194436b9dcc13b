/** Average precision and recall, equal to pycocotools. */
import { describe, expect, it } from 'vitest';
import { ArgumentError, ShapeError } from '../../ts/base/errors.js';
import { cocoEvaluator } from '../../ts/metrics/coco.js';
import type { CocoOptions, CocoResult, FoundBox, TrueBox } from '../../ts/metrics/coco.js';
import type { CocoScores, MaxDetections } from '../../ts/metrics/coco-scores.js';
import { rleArea, rleFromMask } from '../../ts/metrics/rle.js';
import { expected, maskOf, Random, randomBox, randomSet } from './random-data.js';
import type { RandomImage } from './random-data.js';

const numbersOf = (scores: CocoScores): number[] =>
  [scores.ap, scores.ap50, scores.ap75, scores.apSmall, scores.apMedium, scores.apLarge, ...scores.ar, scores.arSmall, scores.arMedium, scores.arLarge].map((value) => value ?? -1);

/** Where the image of a set is added; the reference sorts images by their number. */
type Order = (images: readonly RandomImage[]) => readonly RandomImage[];

function evaluated(seed: number, compare: 'boxes' | 'masks', order: Order = (images) => images): CocoResult {
  const withMasks = compare === 'masks';
  const { classes, images } = randomSet(seed, withMasks);
  const maxDetections: MaxDetections = seed % 5 === 1 ? [1, 2, 4] : [1, 10, 100];
  const evaluator = cocoEvaluator({ compare, maxDetections, classes: Array.from({ length: classes }, (_, i) => `class ${i}`) });
  for (const { id, truths, detections } of order(images)) {
    const wanted = truths.map(({ box, index, crowd, scale, ellipse }): TrueBox => {
      const mask = withMasks ? rleFromMask(maskOf(box, ellipse)) : undefined;
      const own = mask ? rleArea(mask) : box.width * box.height;
      return { ...box, index, crowd, mask, area: scale === 0 ? undefined : own * scale };
    });
    const found = detections.map(({ box, index, score, ellipse }): FoundBox => ({ ...box, index, score, mask: withMasks ? rleFromMask(maskOf(box, ellipse)) : undefined }));
    evaluator.add(id, wanted, found);
  }
  return evaluator.result();
}

const furthest = (a: readonly number[], b: readonly number[]): number => (a.length === b.length ? Math.max(0, ...a.map((value, i) => Math.abs(value - b[i]!))) : NaN);

describe.each([['boxes', 1, expected.boxes], ['masks', 101, expected.masks]] as const)('50 random sets of %s', (compare, first, sets) => {
  it('have the numbers of pycocotools, class by class as well', () => {
    const rows = sets.map((set, i) => {
      const result = evaluated(first + i, compare);
      return { seed: first + i, off: Math.max(furthest(numbersOf(result), set.all), furthest(result.classes.map(({ ap }) => ap ?? -1), set.ap)) };
    });
    expect(rows).toHaveLength(50);
    expect(rows.filter(({ off }) => !(off <= 1e-9))).toEqual([]);
  });

  it('try what matters: crowds, every range of area, none of a range, and more detections than count', () => {
    const all = sets.map((_, i) => ({ ...randomSet(first + i, compare === 'masks'), seed: first + i }));
    const truths = all.flatMap(({ images }) => images.flatMap((image) => image.truths));
    expect(truths.filter(({ crowd }) => crowd).length).toBeGreaterThan(50);
    for (const at of [3, 4, 5]) expect(sets.filter((set) => set.all[at]! > 0).length).toBeGreaterThan(5);
    expect(sets.some((set) => set.all[5] === -1)).toBe(true);
    const most = Math.max(...all.flatMap(({ images }) => images.map(({ detections }) => detections.filter(({ index }) => index === 0).length)));
    expect(most > 100).toBe(compare === 'boxes');
  });
});

describe('evaluation', () => {
  const box = { left: 10, top: 10, width: 20, height: 20 };
  const truth: TrueBox = { ...box, index: 0 };
  const found: FoundBox = { ...box, index: 0, score: 0.5 };

  it('does not depend on the order of images, by number or by name', () => {
    for (const seed of [3, 10, 17]) expect(evaluated(seed, 'boxes', (images) => [...images].reverse())).toEqual(evaluated(seed, 'boxes'));
    const ties = (names: readonly string[]): CocoResult => {
      const evaluator = cocoEvaluator();
      for (const name of names) evaluator.add(name, [truth], name === 'b' ? [{ ...found, left: 500 }] : [found]);
      return evaluator.result();
    };
    expect(ties(['c', 'b', 'a'])).toEqual(ties(['a', 'b', 'c']));
    expect(ties(['a', 'b', 'c']).ap50).toBeCloseTo((34 + 33 * (2 / 3)) / 101, 12);
  });

  it('goes on after a result', () => {
    const evaluator = cocoEvaluator({ classes: ['dog', 'cat'] });
    evaluator.add(1, [truth], [found]);
    expect(evaluator.result()).toMatchObject({ images: 1, ap: 1 - Number.EPSILON, apLarge: undefined, ar: [1, 1, 1] });
    evaluator.add(2, [{ ...truth, crowd: true }, { ...truth, index: 1, width: 40 }], []);
    const { images, ap, classes } = evaluator.result();
    expect({ images, ap }).toEqual({ images: 2, ap: (1 - Number.EPSILON) / 2 });
    expect(classes.map(({ label, truths, detections, ap: each }) => [label, truths, detections, each])).toEqual([['dog', 1, 1, 1 - Number.EPSILON], ['cat', 1, 0, 0]]);
  });

  it('has no numbers where nothing was to be found', () => {
    const none = cocoEvaluator().result();
    expect([none.images, none.classes, new Set(numbersOf(none))]).toEqual([0, [], new Set([-1])]);
    const evaluator = cocoEvaluator();
    evaluator.add(1, [], [found]);
    expect(evaluator.result().ap).toBeUndefined();
  });

  it('takes 2,000 images', () => {
    const [evaluator, random] = [cocoEvaluator(), new Random(1)];
    for (let image = 0; image < 2000; image++) {
      const truths = Array.from({ length: 8 }, (): TrueBox => ({ ...randomBox(random, 640, 480), index: random.below(20) }));
      evaluator.add(image, truths, truths.map((one): FoundBox => ({ ...one, left: one.left + random.next(), score: random.next() })));
    }
    const { ap50, classes } = evaluator.result();
    expect(ap50).toBeGreaterThan(0.9);
    expect(classes.reduce((sum, { truths }) => sum + truths, 0)).toBe(16_000);
  });

  const wrongs: [string, Partial<TrueBox>, Partial<FoundBox>, RegExp][] = [
    ['NaN in a truth', { left: NaN }, {}, /^image 1: truth 0: left: expected a finite number, got NaN$/],
    ['infinite size', { width: Infinity }, {}, /truth 0: width/],
    ['negative size', {}, { height: -1 }, /detection 0: height: expected a number from 0 on, got -1/],
    ['NaN as score', {}, { score: NaN }, /detection 0: score/],
    ['a class that has no name', {}, { index: 2 }, /detection 0: index: expected a class from 0 to 1, got 2/],
    ['half a class', { index: 0.5 }, {}, /truth 0: index/],
    ['a negative area', { area: -1 }, {}, /truth 0: area/],
  ];
  it.each(wrongs)('refuses %s, and nothing of the image is counted', (_, truthChange, foundChange, message) => {
    const evaluator = cocoEvaluator({ classes: ['dog', 'cat'] });
    const add = (): void => evaluator.add(1, [{ ...truth, ...truthChange }], [{ ...found, ...foundChange }]);
    expect(add).toThrow(ArgumentError);
    expect(add).toThrow(message);
    expect(evaluator.result()).toMatchObject({ images: 0, ap: undefined });
  });

  it('refuses what are no lists of objects, and masks that are none', () => {
    const evaluator = cocoEvaluator();
    for (const add of [() => evaluator.add(1, null as never, null as never), () => evaluator.add(1, [], {} as never), () => evaluator.add(1, [null as never], []), () => evaluator.add(Object.create(null) as never, [], [])]) {
      expect(add).toThrow(ArgumentError);
    }
    expect(() => evaluator.add(1, null as never, [])).toThrow(/^image 1: truths: expected a list of objects, got null$/);
    expect(evaluator.result().images).toBe(0);
    const mask = { width: 2, height: 2, counts: Uint32Array.of(1, 99) };
    expect(() => cocoEvaluator({ compare: 'masks' }).add(1, [{ ...truth, mask }], [])).toThrow(/^image 1: truth 0: mask: expected runs of 4 pixels/);
    expect(() => cocoEvaluator({ maxDetections: [10, 1, 100] })).toThrow(/got \[10, 1, 100\]$/);
  });

  it('refuses an image twice, missing masks, masks of several sizes, and options that are none', () => {
    const evaluator = cocoEvaluator({ compare: 'masks' });
    const [mask, other] = [rleFromMask({ data: [1, 0], width: 2, height: 1 }), rleFromMask({ data: [1, 0], width: 1, height: 2 })];
    expect(() => evaluator.add(1, [truth], [])).toThrow(/image 1: truth 0: mask: expected a mask/);
    expect(() => evaluator.add(1, [{ ...truth, mask }], [{ ...found, mask: other }])).toThrow(ShapeError);
    evaluator.add(1, [{ ...truth, mask }], []);
    expect(() => evaluator.add(1, [], [])).toThrow(/image 1: expected each image once/);
    for (const options of [{ compare: 'dots' }, { maxDetections: [10, 1, 100] }, { maxDetections: [1, 10] }, { classes: 3 }, { clases: [] }]) {
      expect(() => cocoEvaluator(options as unknown as CocoOptions)).toThrow(ArgumentError);
    }
  });
});
