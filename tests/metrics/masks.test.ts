/** Masks by their runs, equal to pycocotools' mask. */
import { describe, expect, it } from 'vitest';
import { ArgumentError, FormatError, ShapeError } from '../../ts/base/errors.js';
import { match } from '../../ts/metrics/coco-match.js';
import { polygonsToRle } from '../../ts/metrics/polygon.js';
import { rleArea, rleBox, rleFromCounts, rleFromMask, rleShared, rleToMask, rleUnion } from '../../ts/metrics/rle.js';
import type { BinaryMask, Rle } from '../../ts/metrics/rle.js';
import { rleFromCoco, rleToCoco } from '../../ts/metrics/rle-text.js';
import { expected, maskOf, Random, randomBox } from './random-data.js';

function noise(): BinaryMask[] {
  const random = new Random(7);
  return Array.from({ length: 12 }, (_, i) => {
    const [height, width] = [1 + random.below(40), 1 + random.below(40)];
    const data = Array.from({ length: height * width }, () => {
      const set = random.next() < [0.5, 0.05, 0.95][i % 3]!;
      return i > 1 ? Number(set) : i;
    });
    return { data, width, height };
  });
}

describe('runs', () => {
  const masks = noise();
  const texts = expected.rle.texts;

  it('have the texts of pycocotools, both ways', () => {
    expect(masks.map((mask) => [mask.height, mask.width, rleToCoco(rleFromMask(mask)).counts])).toEqual(texts);
    for (const [i, [height, width, counts]] of texts.entries()) {
      const rle = rleFromCoco({ size: [height, width], counts });
      expect(rle).toEqual(rleFromMask(masks[i]!));
      expect([...rleToMask(rle).data]).toEqual(masks[i]!.data);
      expect(rleFromCoco({ size: [height, width], counts: [...rle.counts] })).toEqual(rle);
    }
  });

  it('have its areas and boxes', () => {
    const rles = masks.map(rleFromMask);
    expect(rles.map(rleArea)).toEqual(expected.rle.areas);
    expect(rles.map(rleBox).map(({ left, top, width, height }) => [left, top, width, height])).toEqual(expected.rle.boxes);
  });

  const random = new Random(8);
  const same: Rle[] = Array.from({ length: 8 }, (_, i) => rleFromMask(maskOf(randomBox(random, 60, 50), i % 2 === 1, [50, 60])));

  it('have its overlaps, crowds among them, and its unions', () => {
    expect(same.map((rle) => rleToCoco(rle).counts)).toEqual(expected.rle.same);
    for (const [d, row] of expected.rle.iou.entries()) {
      for (const [g, iou] of row.entries()) {
        const [a, b] = [same[d]!, same[g]!];
        const shared = rleShared(a, b);
        expect(shared / (g % 3 === 0 ? rleArea(a) : rleArea(a) + rleArea(b) - shared)).toBe(iou);
      }
    }
    expect(rleToCoco(rleUnion(same.slice(0, 3))).counts).toBe(expected.rle.union);
  });

  it('share and join as pixels do, empty runs among them', () => {
    const odd = rleFromCounts([0, 3, 0, 2, 4, 0, 0, 3], 4, 3);
    const [pixels, others] = [rleToMask(odd).data, Array.from(noise()[2]!.data).slice(0, 12)];
    const other = rleFromMask({ data: others, width: 4, height: 3 });
    expect(rleShared(odd, other)).toBe(pixels.reduce((sum, set, i) => sum + set * others[i]!, 0));
    expect([...rleToMask(rleUnion([odd, other])).data]).toEqual([...pixels].map((set, i) => set | others[i]!));
    expect(rleFromMask(rleToMask(odd)).counts).toEqual(Uint32Array.of(0, 5, 4, 3));
    expect(rleBox(odd)).toEqual({ left: 0, top: 0, width: 4, height: 3 });
  });

  it('that touch no pixel overlap with nothing', () => {
    const empty = rleFromCounts([6], 3, 2);
    expect([rleArea(empty), rleShared(empty, empty), rleBox(empty)]).toEqual([0, 0, { left: 0, top: 0, width: 0, height: 0 }]);
    const object = { box: rleBox(empty), mask: empty, area: 0 };
    expect(match([{ ...object, crowd: false }], [{ ...object, score: 1 }], 100).answers[0]).toEqual(Uint32Array.of(0x3ff0000));
  });

  it.each<[string, () => unknown, typeof FormatError | typeof ShapeError, RegExp]>([
    ['a text that ends too early', () => rleFromCoco({ size: [4, 4], counts: 'P' }), FormatError, /ends too early/],
    ['a character that is none', () => rleFromCoco({ size: [4, 4], counts: '0 4' }), FormatError, /got " "/],
    ['a number without end', () => rleFromCoco({ size: [4, 4], counts: 'oooooooooo' }), FormatError, /too large/],
    ['another number of pixels', () => rleFromCoco({ size: [4, 4], counts: [3, 4] }), FormatError, /expected runs of 16 pixels, 4 x 4, got 7/],
    ['a negative run', () => rleFromCoco({ size: [1, 4], counts: [5, -1] }), FormatError, /run 1/],
    ['no size', () => rleFromCoco({ counts: [3] } as never), FormatError, /size/],
    ['no runs', () => rleFromCoco({ size: [1, 3] } as never), FormatError, /counts/],
    ['a size of 0', () => rleFromCoco({ size: [0, 3], counts: [] }), ShapeError, /3 x 0/],
    ['a size beyond all numbers', () => rleFromCounts([], 1e6, 1e6), ShapeError, /1000000/],
    ['a mask of another size', () => rleFromMask({ data: [1], width: 2, height: 1 }), ShapeError, /expected 2 elements/],
    ['unions of several sizes', () => rleUnion([rleFromCounts([2], 2, 1), rleFromCounts([2], 1, 2)]), ShapeError, /mask 1/],
  ])('are refused: %s', (_, make, Class, message) => {
    expect(make).toThrow(Class);
    expect(make).toThrow(message);
  });
});

describe('what is no mask', () => {
  const rle = rleFromCounts([1, 3], 2, 2);
  const long: Rle = { width: 2, height: 2, counts: Uint32Array.of(1, 99) };
  const takers: [string, (mask: never) => unknown][] = [
    ['rleToMask', rleToMask],
    ['rleArea', rleArea],
    ['rleBox', rleBox],
    ['rleToCoco', rleToCoco],
    ['rleShared', (mask) => rleShared(mask, rle)],
    ['rleShared, second', (mask) => rleShared(rle, mask)],
    ['rleUnion', (mask) => rleUnion([rle, mask])],
    ['rleUnion, first', (mask) => rleUnion([mask, rle])],
  ];
  it.each(takers)('is refused: %s', (_, take) => {
    expect(() => take(null as never)).toThrow(ArgumentError);
    expect(() => take({ width: 2, height: 2 } as never)).toThrow(/counts: expected lengths of runs, got undefined/);
    expect(() => take({ ...rle, width: 0 } as never)).toThrow(ShapeError);
    expect(() => take(long as never)).toThrow(FormatError);
    expect(() => take(long as never)).toThrow(/expected runs of 4 pixels, 2 x 2, got 100/);
  });

  it('is refused where masks are made', () => {
    for (const make of [() => rleFromMask(null as never), () => rleFromMask({ width: 1, height: 1, data: null as never }), () => rleFromCounts(null as never, 1, 1), () => rleUnion(null as never)]) {
      expect(make).toThrow(ArgumentError);
    }
    expect(() => rleFromCoco({ size: [1, 2, 3] as never, counts: [] })).toThrow(/got \[1, 2, 3\]/);
    expect(() => rleFromCounts([], 1e9, 1e9)).toThrow(/at most 4294967295 pixels, got 1000000000 x 1000000000/);
    expect(() => rleShared(rle, rleFromCounts([4], 4, 1))).toThrow(ShapeError);
  });
});

describe('polygons', () => {
  const halves = (value: number): number => Math.floor(value * 2) / 2;

  it('fill the pixels of pycocotools, also beyond the image and with corners twice', () => {
    const random = new Random(11);
    const texts = expected.polygons.map((_, i) => {
      const [height, width] = [1 + random.below(40), 1 + random.below(40)];
      const polygons = Array.from({ length: 1 + random.below(2) }, () => {
        const [corners, reach] = [3 + random.below(6), i % 4 === 0 ? 1.4 : 1];
        const values: number[] = [];
        for (let c = 0; c < corners; c++) {
          const x = (random.next() - (reach - 1) / 2) * reach * width;
          const y = (random.next() - (reach - 1) / 2) * reach * height;
          values.push(...[x, y].map((value) => (i % 3 === 0 ? Math.floor(value) : i % 3 === 1 ? halves(value) : value)));
        }
        return i % 5 === 0 ? [...values, ...values.slice(-2)] : values;
      });
      return rleToCoco(polygonsToRle(polygons, width, height)).counts;
    });
    expect(texts).toEqual(expected.polygons);
  });

  it('that lie outside fill nothing', () => {
    expect(rleArea(polygonsToRle([[-9, -9, -5, -9, -5, -5]], 8, 8))).toBe(0);
  });

  it.each<[string, readonly ArrayLike<number>[], RegExp]>([
    ['none', [], /at least one polygon/],
    ['two corners', [[0, 0, 4, 4]], /polygon 0: expected x and y of at least three corners, got 4 numbers/],
    ['half a corner', [[0, 0, 4, 4, 2, 1, 3]], /7 numbers/],
    ['NaN', [[0, 0, 4, 4, 2, 1], [0, 0, 4, NaN, 2, 1]], /polygon 1: number 3/],
    ['a corner far away', [[0, 0, 4, 1e12, 2, 1]], /at most 100000/],
  ])('are refused: %s', (_, polygons, message) => {
    expect(() => polygonsToRle(polygons, 8, 8)).toThrow(FormatError);
    expect(() => polygonsToRle(polygons, 8, 8)).toThrow(message);
  });
});
