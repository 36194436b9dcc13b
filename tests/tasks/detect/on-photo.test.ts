/** Boxes come back to where they lie on the photo: whatever its size and orientation, and however it became the input. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { decodeImage } from '../../../ts/image/decode.node.js';
import type { PreprocessOptions } from '../../../ts/image/types.js';
import { detect } from '../../../ts/tasks/detect/detect.js';
import { withoutCuts } from '../../../ts/tasks/detect/seams.js';
import { fake, finder, photo, rows } from './fake.js';

const OPEN = [1, 3, null, null];

interface Way {
  readonly options: PreprocessOptions;
  /** The size after the resize, and where the photo's upper left corner comes to lie on the input: [rows, columns] each. */
  readonly geometry: (height: number, width: number) => readonly [resized: readonly [number, number], begin: readonly [number, number]];
  /** Of the input. */
  readonly size: (height: number, width: number) => readonly [number, number];
}

const side = fc.integer({ min: 16, max: 640 });

/** How ultralytics' LetterBox says it: one ratio, rounded sizes, half of what is left in front. */
const letterbox = fc.record({ height: side, width: side, anchor: fc.constantFrom('centre', 'start' as const), multiple: fc.constantFrom(undefined, 1, 32) }).map(
  ({ height, width, anchor, multiple }): Way => {
    const inner = (h: number, w: number): readonly [number, number] => {
      const ratio = Math.min(height / h, width / w);
      const length = (full: number, most: number) => Math.min(most, Math.max(1, Math.round(full * ratio)));
      return [length(h, height), length(w, width)];
    };
    const size: Way['size'] = (h, w) => (multiple ? (inner(h, w).map((length) => Math.ceil(length / multiple) * multiple) as [number, number]) : [height, width]);
    return {
      options: { preset: 'letterbox', size: [height, width], anchor: anchor as 'centre' | 'start', multiple },
      size,
      geometry: (h, w) => {
        const [[a, b], [rows, columns]] = [inner(h, w), size(h, w)];
        return [[a, b], anchor === 'start' ? [0, 0] : [Math.floor((rows - a) / 2), Math.floor((columns - b) / 2)]];
      },
    };
  });

const stretch = fc.record({ height: side, width: side }).map(({ height, width }): Way => ({
  options: { preset: 'unit', size: [height, width] }, size: () => [height, width], geometry: () => [[height, width], [0, 0]],
}));

/** torchvision's: the shorter side resized, the middle cut out, its corner rounded half to even. */
const crop = fc.record({ size: fc.integer({ min: 40, max: 300 }), less: fc.integer({ min: 0, max: 30 }) }).map(({ size, less }): Way => {
  const cut = size - less;
  const even = (value: number): number => (value % 1 === 0.5 && Math.floor(value) % 2 === 0 ? Math.floor(value) : Math.round(value));
  return {
    options: { preset: 'imagenet', size, resize: 'shorter', crop: cut }, size: () => [cut, cut],
    geometry: (h, w) => {
      const resized: [number, number] = h < w ? [size, Math.trunc((size * w) / h)] : [Math.trunc((size * h) / w), size];
      return [resized, [-even((resized[0] - cut) / 2), -even((resized[1] - cut) / 2)]];
    },
  };
});

const share = fc.double({ min: 0, max: 0.9, noNaN: true });

test('a box drawn on the photo comes back', async () => {
  const photos = fc.record({ width: fc.integer({ min: 1, max: 900 }), height: fc.integer({ min: 1, max: 900 }) });
  const box = fc.record({ x: share, y: share, w: fc.double({ min: 0.05, max: 1, noNaN: true }), h: fc.double({ min: 0.05, max: 1, noNaN: true }) });
  await fc.assert(fc.asyncProperty(photos, fc.oneof(letterbox, stretch, crop), box, async ({ width, height }, { options, geometry, size }, at) => {
    const [left, top] = [at.x * width, at.y * height];
    const [right, bottom] = [Math.min(width, left + at.w * width), Math.min(height, top + at.h * height)];
    const [[rowsOf, columnsOf], [down, across]] = geometry(height, width);
    const onInput = [(left / width) * columnsOf + across, (top / height) * rowsOf + down, (right / width) * columnsOf + across, (bottom / height) * rowsOf + down, 0.9, 0];
    let seen: readonly number[] = [];
    const model = fake(OPEN, (x) => {
      seen = x.shape;
      return rows([onInput])(x);
    }, { task: { kind: 'detect', normalized: false } });
    const { boxes } = await detect(model, photo(width, height), { preprocess: options });
    expect(seen.slice(2)).toEqual(size(height, width));
    expect(boxes).toHaveLength(1);
    const [got] = boxes;
    const numbers = [got!.left, got!.top, got!.left + got!.width, got!.top + got!.height];
    [left, top, right, bottom].forEach((want, i) => expect(Math.abs(numbers[i]! - want), `number ${i}`).toBeLessThan(1e-3));
  }), { numRuns: 150 });
});

describe('pixels', () => {
  test.each<readonly [string, PreprocessOptions]>([
    ['letterbox', { preset: 'letterbox' }], ['letterbox at the start', { preset: 'letterbox', anchor: 'start' }], ['letterbox of whole strides', { preset: 'letterbox', multiple: 32, size: [96, 96] }],
    ['stretch', 'unit'], ['crop', { preset: 'imagenet', size: 70, resize: 'shorter', crop: 64, mean: [0, 0, 0], std: [1, 1, 1] }],
  ])('%s: what is found where it was drawn', async (_, preprocess) => {
    const drawn = photo(120, 90, [[30, 20, 70, 60, 0]]);
    const fixed = typeof preprocess === 'object' && preprocess.multiple ? OPEN : [1, 3, 64, 64];
    const { boxes: [box] } = await detect(fake(fixed, finder), drawn, { preprocess });
    // A pixel of the input is at most 120 / 64 of the photo's, and is bright from the half on.
    const numbers = [box!.left, box!.top, box!.left + box!.width, box!.top + box!.height];
    [30, 20, 70, 60].forEach((want, i) => expect(Math.abs(numbers[i]! - want)).toBeLessThan(1.2));
  });

  const files = (JSON.parse(readFileSync(new URL('../../image/files.json', import.meta.url), 'utf8')) as readonly { name: string; bytes: string }[]).filter(({ name }) => /^orientation [1-8]\.jpg$/.test(name));

  it('has all eight orientations', () => {
    expect(files).toHaveLength(8);
  });

  test.each(files)('$name: boxes lie on the photo as it is shown', async ({ bytes }) => {
    const encoded = Uint8Array.from(Buffer.from(bytes, 'base64'));
    const { data, width, height } = await decodeImage(encoded);
    const bright = Array.from({ length: width * height }, (_, i) => i).filter((i) => data[3 * i]! > 127);
    const [columns, lines] = [bright.map((i) => i % width), bright.map((i) => Math.floor(i / width))];
    const want = [Math.min(...columns), Math.min(...lines), Math.max(...columns) + 1, Math.max(...lines) + 1];
    expect(want).not.toEqual([0, 0, width, height]);
    const { boxes } = await detect(fake([1, 3, 64, 64], finder), encoded);
    const { left, top, width: w, height: h } = boxes.find(({ index }) => index === 0)!;
    [left, top, left + w, top + h].forEach((value, i) => expect(Math.abs(value - want[i]!)).toBeLessThan(0.6));
  });
});

describe('tiles', () => {
  const input = [1, 3, 64, 64];
  const plain = (boxes: readonly { left: number; top: number; width: number; height: number; index: number }[]): number[][] =>
    boxes.map(({ left, top, width, height, index }) => [left, top, left + width, top + height, index]);

  it('join what seams cut off', async () => {
    // Tiles begin at 0, 32, 64, ...: the red one is whole in one of them, and in three more a part.
    const drawn = photo(300, 200, [[50, 20, 70, 50, 0], [250, 150, 280, 175, 1], [100, 100, 104, 103, 2]]);
    const { boxes } = await detect(fake(input, finder), drawn, { tiles: { size: 64, overlap: 0.5 }, preprocess: 'unit' });
    expect(plain(boxes)).toEqual([[50, 20, 70, 50, 0], [250, 150, 280, 175, 1], [100, 100, 104, 103, 2]]);
  });

  it('may be of any size, and are looked at in order', async () => {
    const seen: number[] = [];
    const model = fake(OPEN, (x) => {
      if (x.shape[2] !== 1) seen.push(...x.shape.slice(2));
      return finder(x);
    });
    await detect(model, photo(100, 50), { tiles: { size: [50, 40], overlap: 0 }, preprocess: { preset: 'unit' } });
    expect(seen).toEqual([50, 40, 50, 40, 50, 40]);
  });

  it('larger than the photo are the photo', async () => {
    const drawn = photo(90, 40, [[10, 10, 50, 30, 0]]);
    const [tiled, whole] = [await detect(fake(input, finder), drawn, { tiles: { size: 1000 } }), await detect(fake(input, finder), drawn)];
    expect(tiled.boxes).toEqual(whole.boxes);
    expect(tiled.boxes).toHaveLength(1);
  });

  it('cover photos of any size: nothing is missed, nothing found twice', async () => {
    const sizes = fc.record({ width: fc.integer({ min: 1, max: 150 }), height: fc.integer({ min: 1, max: 150 }), tile: fc.integer({ min: 24, max: 80 }), overlap: fc.constantFrom(0.5, 0.6, 0.7) });
    await fc.assert(fc.asyncProperty(sizes, share, share, async ({ width, height, tile, overlap }, x, y) => {
      const [left, top] = [Math.floor(x * width), Math.floor(y * height)];
      const box = [left, top, Math.min(width, left + 10), Math.min(height, top + 10)] as const;
      const { boxes } = await detect(fake(OPEN, finder, { task: { kind: 'detect', head: 'yolov10', normalized: false } }), photo(width, height, [[...box, 0]]), { tiles: { size: tile, overlap }, preprocess: { preset: 'unit' } });
      expect(plain(boxes)).toEqual([[...box, 0]]);
    }), { numRuns: 30 });
  });

  it('show one thing as one box, wherever it lies and however large it is', async () => {
    const sizes = fc.record({ width: fc.integer({ min: 1, max: 150 }), height: fc.integer({ min: 1, max: 150 }), tile: fc.integer({ min: 24, max: 80 }), overlap: fc.constantFrom(undefined, 0, 0.1, 0.2, 0.5) });
    await fc.assert(fc.asyncProperty(sizes, share, share, share, share, async ({ width, height, tile, overlap }, x, y, w, h) => {
      const [left, top] = [Math.floor(x * width), Math.floor(y * height)];
      const box = [left, top, left + Math.ceil((width - left) * (0.01 + 0.99 * w)), top + Math.ceil((height - top) * (0.01 + 0.99 * h))] as const;
      const asked = { tiles: { size: tile, overlap }, preprocess: { preset: 'unit' } } as const;
      const { boxes } = await detect(fake(OPEN, finder, { task: { kind: 'detect', head: 'yolov10', normalized: false } }), photo(width, height, [[...box, 0]]), asked);
      expect(plain(boxes)).toEqual([[...box, 0]]);
    }), { numRuns: 200 });
  });

  describe('parts of', () => {
    const [first, second] = [{ left: 0, top: 0, width: 60, height: 60 }, { left: 50, top: 0, width: 60, height: 60 }];
    const of = (box: readonly number[], score: number, group = 0) => ({ boxes: Float32Array.from(box), scores: Float32Array.of(score), classes: Uint32Array.of(group) });
    const joinedOf = (a: readonly number[], b: readonly number[], group = 0) => {
      const { boxes, scores } = withoutCuts([of(a, 0.5), of(b, 0.75, group)], [{ part: first }, { part: second }], { most: 0.45, agnostic: false, photo: { width: 110, height: 60 } });
      return [[...boxes], [...scores]] as const;
    };

    it.each<readonly [what: string, a: readonly number[], b: readonly number[], group: number]>([
      ['two things of other heights', [10, 10, 60, 20], [50, 15, 90, 40], 0],
      ['two things of which one is whole', [10, 10, 60, 20], [52, 10, 90, 20], 0],
      ['two classes', [10, 10, 60, 20], [50, 10, 90, 20], 1],
    ])('%s stay two', (_, a, b, group) => {
      const [boxes, scores] = joinedOf(a, b, group);
      expect([boxes, scores]).toEqual(scores[0] === 0.5 ? [[...a, ...b], [0.5, 0.75]] : [[...b, ...a], [0.75, 0.5]]);
    });

    it('one thing have the higher score', () => {
      expect(joinedOf([10, 10, 60, 20], [50, 10, 90, 21])).toEqual([[10, 10, 90, 21], [0.75]]);
    });
  });
});
