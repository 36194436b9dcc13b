/** Masks as pure functions: equal to PyTorch, torchvision and pycocotools. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { colours, cutOut, overlay } from '../../../ts/tasks/segment/colours.js';
import { masksFromPrototypes, pasteMasks } from '../../../ts/tasks/segment/instances.js';
import { maskIou, sharesOf } from '../../../ts/tasks/segment/mask.js';
import type { InstanceMask, Mask } from '../../../ts/tasks/segment/mask.js';
import { outlines } from '../../../ts/tasks/segment/outlines.js';
import type { Outline } from '../../../ts/tasks/segment/outlines.js';
import { fromScores, scoresOf } from '../../../ts/tasks/segment/pixels.js';
import { axesOf } from '../../../ts/tasks/segment/resample.js';
import { floats, fromRuns, oracles, stretched } from './oracles.js';

/** A mask of a thing as pixels of the whole photo. */
function onWhole({ data, left, top, width, height }: InstanceMask, [rows, columns]: readonly [number, number]): Uint8Array {
  const out = new Uint8Array(rows * columns);
  for (let y = 0; y < height; y++) out.set(data.subarray(y * width, (y + 1) * width), (top + y) * columns + left);
  return out;
}

const mask = (rows: readonly string[]): Mask => ({
  data: Uint8Array.from(rows.join(''), Number), width: rows[0]?.length ?? 0, height: rows.length,
});

describe('scores resized to photos', () => {
  const { logits, shape: [classes, height, width], cases } = oracles.resized;
  const maps = { data: floats(logits), classes, height, width, steps: [height * width, width, 1] } as const;
  /** The same numbers, classes last. */
  const last = {
    ...maps, steps: [1, width * classes, classes] as const,
    data: Float32Array.from({ length: maps.data.length }, (_, i) => maps.data[(i % classes) * height * width + Math.floor(i / classes)]!),
  };

  it.each(cases.map((each) => [each.size.join(' x '), each] as const))('%s: classes before and after, and scores, are those of PyTorch', (_, { size, before, after, scores }) => {
    for (const each of [maps, last]) {
      const axes = axesOf(stretched(size, [28, 36]), each);
      expect(Array.from(fromScores(each, axes, 'before').data)).toEqual(before);
      expect(Array.from(fromScores(each, axes, 'after').data)).toEqual(after);
      const got = scoresOf(each, axes, { classes: [2], sigmoid: false, resize: 'before' });
      expect(got).toHaveLength(scores.length);
      got.forEach((value, i) => {
        if (!(Math.abs(value - scores[i]!) <= 2e-5)) throw new Error(`score ${i} is ${value}, not ${scores[i]}`);
      });
    }
  });

  it('hold two rows of floats at a time, however many classes and pixels there are', () => {
    const Floats = globalThis.Float32Array;
    let numbers = 0;
    class Counted extends Floats {
      constructor(length: number) {
        super(length);
        numbers += length;
      }
    }
    const [photo, many] = [[600, 800] as const, { data: new Floats(21 * 6 * 8), classes: 21, height: 6, width: 8, steps: [48, 8, 1] as const }];
    const axes = axesOf(stretched(photo, [48, 64]), many);
    globalThis.Float32Array = Counted as unknown as typeof Float32Array;
    try {
      fromScores(many, axes, 'before');
    } finally {
      globalThis.Float32Array = Floats;
    }
    expect(numbers).toBe(2 * 800 + 8);
  });
});

describe('masks of things', () => {
  const { prototypes, coefficients, shape: [count, height, width], input, cases } = oracles.yolo;
  const given = { data: floats(prototypes), count, height, width };
  const rectangles = (boxes: readonly (readonly number[])[]) => boxes.map(([left = 0, top = 0, right = 0, bottom = 0]) => ({ left, top, width: right - left, height: bottom - top }));

  it.each(cases.map((each) => [`${each.photo.join(' x ')}, ${each.pad.join(' and ')} beside it`, each] as const))('of prototypes, on a photo of %s', (_, { photo, pad: [top, left], boxes, masks }) => {
    const window = { top: 0, left: 0, height: input[0] - 2 * top, width: input[1] - 2 * left };
    const place = { resized: [window.height, window.width] as const, window, frame: { top, left, height: input[0], width: input[1] } };
    const got = masksFromPrototypes(given, floats(coefficients), rectangles(boxes), { place, full: { height: photo[0], width: photo[1] }, input });
    expect(got.map((each) => Buffer.from(onWhole(each, photo)))).toEqual(masks.map((runs) => Buffer.from(fromRuns(runs))));
  });

  it('of numbers that do not fit are refused, of boxes without a place have no pixel', () => {
    const on = stretched([10, 10], input);
    expect(() => masksFromPrototypes({ ...given, count: 5 }, floats(coefficients), [], on)).toThrow(expect.objectContaining({ code: 'shape' }));
    expect(() => masksFromPrototypes(given, new Float32Array(7), rectangles([[0, 0, 1, 1]]), on)).toThrow(/6 for each of 1 boxes, got 7/);
    const nowhere = rectangles([[NaN, 0, 5, 5], [9, 9, 2, 2], [20, 20, 30, 30], [0, 0, 0, 0]]);
    for (const { data } of masksFromPrototypes(given, new Float32Array(24).fill(1), nowhere, on)) expect(data).toHaveLength(0);
    expect(masksFromPrototypes(given, new Float32Array(0), [], on)).toEqual([]);
  });

  it.each(oracles.pasted.cases.map((each) => [each.side, each] as const))('of boxes, %i x %i, are laid over the photo as torchvision does', (_, { side, boxes, masks, laid }) => {
    const { photo } = oracles.pasted;
    const got = pasteMasks({ data: floats(masks), side }, Float32Array.from(boxes.flat()), { height: photo[0], width: photo[1] }, { threshold: 0.503 });
    expect(got.map((each) => Buffer.from(onWhole(each, photo)))).toEqual(laid.map((runs) => Buffer.from(fromRuns(runs))));
  });

  it('of boxes that are no place have no pixel, others are refused', () => {
    const size = { width: 20, height: 10 };
    const data = new Float32Array(4).fill(1);
    for (const box of [[NaN, 0, 5, 5], [0, 0, Infinity, 5], [30, 30, 40, 40], [9, 9, -9, -9]]) {
      expect(pasteMasks({ data, side: 2 }, Float32Array.from(box), size)[0]?.data).toHaveLength(0);
    }
    expect(pasteMasks({ data, side: 2 }, Float32Array.of(-1e9, -1e9, 1e9, 1e9), size)[0]).toMatchObject({ left: 0, top: 0, width: 20, height: 10 });
    expect(() => pasteMasks({ data, side: 3 }, Float32Array.of(0, 0, 1, 1), size)).toThrow(/\[1, 3, 3\], got 4 numbers/);
    expect(() => pasteMasks({ data, side: 2 }, Float32Array.of(0, 0, 1, 1), size, { threshold: NaN })).toThrow(/threshold/);
  });
});

describe('maskIou', () => {
  const { size: [height, width], pairs } = oracles.overlaps;
  it.each(pairs.map((pair) => [pair.iou, pair] as const))('is %f, as pycocotools has it', (iou, { a, b }) => {
    expect(maskIou({ data: fromRuns(a), width, height }, { data: fromRuns(b), width, height })).toBeCloseTo(iou, 12);
  });

  it('of masks that lie somewhere on the photo counts pixels of the photo', () => {
    const a: InstanceMask = { ...mask(['11', '11']), left: 3, top: 1 };
    const b: InstanceMask = { ...mask(['111', '101']), left: 4, top: 2 };
    expect(maskIou(a, b)).toBe(1 / 8);
    expect(maskIou(a, { ...b, left: 40 })).toBe(0);
    expect(maskIou(mask(['22', '21']), mask(['20', '21']), 2)).toBe(2 / 3);
  });

  it('refuses masks of different photos, and what is no mask', () => {
    expect(() => maskIou(mask(['11']), mask(['1', '1']))).toThrow(/maskIou: expected masks of one size, 2 x 1, got 1 x 2/);
    expect(() => maskIou(mask(['11']), { data: new Uint8Array(3), width: 2, height: 1 })).toThrow(expect.objectContaining({ code: 'shape' }));
  });
});

it('sharesOf counts the pixels of each class, the largest first, and knows their names', () => {
  expect(sharesOf(mask(['0022', '2221']), ['sky', 'sea', 'sand'])).toEqual([
    { index: 2, label: 'sand', share: 5 / 8 }, { index: 0, label: 'sky', share: 2 / 8 }, { index: 1, label: 'sea', share: 1 / 8 },
  ]);
  expect(sharesOf({ data: Uint16Array.of(300, 300), width: 2, height: 1 }, undefined)).toEqual([{ index: 300, label: undefined, share: 1 }]);
});

describe('colours', () => {
  const VOC = [
    [0, 0, 0], [128, 0, 0], [0, 128, 0], [128, 128, 0], [0, 0, 128], [128, 0, 128], [0, 128, 128], [128, 128, 128], [64, 0, 0], [192, 0, 0], [64, 128, 0],
    [192, 128, 0], [64, 0, 128], [192, 0, 128], [64, 128, 128], [192, 128, 128], [0, 64, 0], [128, 64, 0], [0, 192, 0], [128, 192, 0], [0, 64, 128],
  ];
  it('are those of PASCAL VOC, all of them different', () => {
    expect(Array.from(colours(21))).toEqual(VOC.flat());
    const many = colours(65536);
    expect(new Set(Array.from({ length: 65536 }, (_, i) => many.subarray(3 * i, 3 * i + 3).join())).size).toBe(65536);
    expect(colours(0)).toHaveLength(0);
    for (const bad of [-1, 1.5, NaN, 65537]) expect(() => colours(bad)).toThrow(/colours: expected a whole number/);
  });

  const photo = { data: Uint8Array.from({ length: 18 }, (_, i) => 10 * i), width: 3, height: 2 };
  it('tint the pixels of a copy of the photo, but for the background', () => {
    const before = Uint8Array.from(photo.data);
    const { data } = overlay(photo, mask(['010', '002']), { opacity: 0.25 });
    expect(photo.data).toEqual(before);
    const want = Array.from(before);
    want.splice(3, 3, Math.round(30 * 0.75 + 32), Math.round(40 * 0.75), Math.round(50 * 0.75));
    want.splice(15, 3, Math.round(150 * 0.75), Math.round(160 * 0.75 + 32), Math.round(170 * 0.75));
    expect(Array.from(data)).toEqual(want);
    expect(Array.from(overlay(photo, mask(['010', '002']), { opacity: 1, background: false }).data.subarray(0, 6))).toEqual([0, 0, 0, 128, 0, 0]);
    const one = overlay(photo, { ...mask(['1']), left: 2, top: 1 }, { opacity: 1, palette: Uint8Array.of(0, 0, 0, 9, 8, 7) });
    expect(Array.from(one.data)).toEqual([...before.subarray(0, 15), 9, 8, 7]);
  });

  it('are refused where photo, mask and palette do not fit', () => {
    expect(() => overlay(photo, mask(['01', '00']))).toThrow(/overlay: mask: expected one of this photo, 3 x 2, got 2 x 2/);
    expect(() => overlay(photo, { ...mask(['1']), left: 3, top: 0 })).toThrow(expect.objectContaining({ code: 'shape' }));
    expect(() => overlay(photo, mask(['010', '003']), { palette: colours(3) })).toThrow(/3 bytes for each of 4 classes, got 9/);
    expect(() => overlay(photo, mask(['010', '003']), { opacity: 2 })).toThrow(/opacity/);
  });

  it('cutOut makes a matte the alpha', () => {
    const { data, channels } = cutOut(photo, Uint8Array.of(0, 50, 100, 150, 200, 255));
    expect(channels).toBe(4);
    expect(Array.from(data.subarray(4, 12))).toEqual([30, 40, 50, 50, 60, 70, 80, 100]);
    expect(() => cutOut(photo, new Uint8Array(5))).toThrow(/6 bytes, got 5/);
  });
});

describe('outlines', () => {
  const areaOf = ({ points }: Outline): number => {
    let sum = 0;
    for (let i = 0; i < points.length; i += 2) {
      const [x0, y0, x1, y1] = [points[i]!, points[i + 1]!, points[(i + 2) % points.length]!, points[(i + 3) % points.length]!];
      sum += x0 * y1 - x1 * y0;
    }
    return sum / 2;
  };

  /** By the even-odd rule at the centres of pixels. */
  function filled(lines: readonly Outline[], width: number, height: number): Uint8Array {
    return Uint8Array.from({ length: width * height }, (_, i) => {
      const [px, py] = [(i % width) + 0.5, Math.floor(i / width) + 0.5];
      let crossings = 0;
      for (const { points } of lines) {
        for (let k = 0; k < points.length; k += 2) {
          const [x0, y0, y1] = [points[k]!, points[k + 1]!, points[(k + 3) % points.length]!];
          if (y0 > py !== y1 > py && x0 > px) crossings += 1;
        }
      }
      return crossings % 2;
    });
  }

  it('of a ring are two, in both directions', () => {
    expect(outlines(mask(['11111', '10001', '11111']))).toEqual([
      { points: Int32Array.of(5, 0, 5, 3, 0, 3, 0, 0), hole: false },
      { points: Int32Array.of(4, 2, 4, 1, 1, 1, 1, 2), hole: true },
    ]);
    expect(outlines({ ...mask(['02']), left: 7, top: 9 }, 2)).toEqual([{ points: Int32Array.of(9, 9, 9, 10, 8, 10, 8, 9), hole: false }]);
    expect(outlines(mask(['00']))).toEqual([]);
    expect(outlines({ data: new Uint8Array(0), width: 0, height: 0 })).toEqual([]);
  });

  it('fill to the mask they are of, and their areas are its pixels', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.infiniteStream(fc.boolean()), (width, height, bits) => {
      const data = Uint8Array.from({ length: width * height }, () => Number(bits.next().value));
      const lines = outlines({ data, width, height });
      expect(filled(lines, width, height)).toEqual(data);
      expect(lines.reduce((sum, line) => sum + areaOf(line), 0)).toBe(data.reduce((a, b) => a + b, 0));
      for (const line of lines) expect(areaOf(line) < 0).toBe(line.hole);
    }), { numRuns: 500 });
  });
});

describe('what is none', () => {
  const given = { data: new Uint8Array(3), width: 1, height: 1 };
  const none = undefined as never;
  it.each([
    ['cutOut without a matte', () => cutOut(given, none)],
    ['outlines of nothing', () => outlines(null as never, 1)],
    ['maskIou of nothing', () => maskIou(none, none)],
    ['pasteMasks of numbers', () => pasteMasks(1 as never, 2 as never, 3 as never)],
    ['pasteMasks of boxes as lists', () => pasteMasks({ data: new Float32Array(4), side: 2 }, [0, 0, 1, 1] as never, { width: 4, height: 4 })],
  ])('%s: refused with a code', (_, call) => expect(call).toThrow(expect.objectContaining({ code: 'argument' })));
});
