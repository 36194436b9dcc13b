/** detect, on models whose outputs are given: what trained networks said, what is wrong, and what is suppressed how. */
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { ArgumentError, UnsupportedError } from '../../../ts/base/errors.js';
import { detect } from '../../../ts/tasks/detect/detect.js';
import type { DetectedBox, DetectOptions } from '../../../ts/tasks/detect/detect.js';
import type { DetectSpec, HeadName } from '../../../ts/tasks/detect/spec.js';
import { taskSpec } from '../../../ts/tasks/task.js';
import { halfToFloatBits } from '../../../ts/formats/widen.js';
import { fake, floats, photo, rows } from './fake.js';
import type { Answer } from './fake.js';

const SHAPE = [1, 3, 64, 64];
const BLACK = photo(64, 64);
const spec = (more: Omit<DetectSpec, 'kind'>): DetectSpec => ({ kind: 'detect', ...more });
const corners = ({ left, top, width, height }: DetectedBox): number[] => [left, top, left + width, top + height];

interface RealCase {
  readonly name: string;
  readonly head: HeadName;
  readonly size: readonly [number, number];
  readonly score: number;
  readonly iou: number;
  readonly outputs: readonly { readonly name: string; readonly shape: readonly number[]; readonly half: string }[];
  readonly boxes: readonly (readonly number[])[];
}

const REAL = JSON.parse(readFileSync(new URL('heads/real.json', import.meta.url), 'utf8')) as readonly RealCase[];

/** 16-bit floats in base64. */
function halves(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  const bits = Uint32Array.from({ length: bytes.length / 2 }, (_, i) => halfToFloatBits(bytes.readUInt16LE(2 * i)));
  return new Float32Array(bits.buffer);
}

test.each(REAL)('what a trained network said: $name', async ({ head, size: [height, width], score, iou, outputs, boxes }) => {
  const answer = Object.fromEntries(outputs.map(({ name, shape, half }) => [name, floats(shape, halves(half))]));
  const got = await detect(fake([1, 3, height, width], () => answer), photo(width, height), { score, iou });
  expect(got.head).toBe(head);
  expect(got.boxes).toHaveLength(boxes.length);
  got.boxes.forEach((box, i) => {
    corners(box).forEach((value, k) => expect(value, `box ${i}, number ${k}`).toBeCloseTo(boxes[i]![k]!, 3));
    expect(box.score).toBeCloseTo(boxes[i]![4]!, 5);
  });
});

describe('what is no box', () => {
  const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
  test.each<readonly [string, readonly number[]]>([
    ['a score that is NaN', [1, 1, 20, 20, nan, 0]], ['no width', [5, 5, 5, 20, 0.9, 0]], ['a height below 0', [5, 20, 15, 5, 0.9, 0]],
    ['an infinite edge', [-infinity, 0, infinity, 20, 0.9, 0]], ['an edge that is NaN', [nan, 0, 20, 20, 0.9, 0]], ['no index of a class', [1, 1, 20, 20, 0.9, -1]],
    ['half an index', [1, 1, 20, 20, 0.9, 0.5]], ['beside the photo', [70, 1, 90, 20, 0.9, 0]], ['at its edge', [-20, 1, 0, 20, 0.9, 0]], ['a score that is not over the least', [1, 1, 20, 20, 0.25, 0]],
  ])('%s', async (_, bad) => {
    const { boxes } = await detect(fake(SHAPE, rows([bad, [10, 10, 30, 30, 0.8, 1]])), BLACK);
    expect(boxes).toEqual([{ left: 10, top: 10, width: 20, height: 20, score: Math.fround(0.8), label: undefined, index: 1 }]);
  });

  it('may be everything', async () => {
    expect((await detect(fake(SHAPE, rows([])), BLACK)).boxes).toEqual([]);
    const noise = () => ({ output: floats([1, 7, 84], new Float32Array(588).fill(NaN)) });
    expect((await detect(fake([1, 3, 16, 16], noise, { task: spec({ head: 'yolov8', strides: [8, 16] }) }), BLACK)).boxes).toEqual([]);
  });

  it('lies in what surrounds a letterboxed photo', async () => {
    // 64 x 16 in 64 x 64: rows 24 to 40 are photo.
    const { boxes } = await detect(fake(SHAPE, rows([[10, 2, 20, 12, 0.9, 0], [10, 20, 20, 30, 0.8, 0]])), photo(64, 16));
    expect(boxes).toMatchObject([{ left: 10, top: 0, width: 10, height: 6 }]);
  });
});

describe('masks of things', () => {
  // Two prototypes on a map of 4 x 4: the left half and the right half. Cell 0 has a little thing of the left, cell 3 a large one of the right.
  const halves = [...Array.from({ length: 16 }, (_, i) => (i % 4 < 2 ? 1 : -1)), ...Array.from({ length: 16 }, (_, i) => (i % 4 < 2 ? -1 : 1))];
  const columns = [[4, 0, 0, 8], [4, 0, 0, 8], [8, 0, 0, 16], [8, 0, 0, 16], [0.6, 0, 0, 0.1], [0.1, 0, 0, 0.9], [1, 0, 0, 0], [0, 0, 0, 1]];
  const model = fake([1, 3, 16, 16], () => ({ output: floats([1, 8, 4], columns.flat()), masks: floats([1, 2, 4, 4], halves) }), { task: spec({ head: 'yolov8', strides: [8] }) });

  test('are sums of prototypes, in the order of the boxes, inside of them', async () => {
    const { boxes } = await detect(model, photo(16, 16));
    expect(boxes.map(({ index, mask }) => [index, mask?.left, mask?.top, mask?.width, mask?.height])).toEqual([[1, 0, 0, 16, 16], [0, 0, 0, 8, 8]]);
    const [large, little] = boxes.map(({ mask }) => mask!);
    expect(Array.from(large!.data)).toEqual(Array.from({ length: 256 }, (_, i) => Number(i % 16 >= 8)));
    expect(Array.from(little!.data)).toEqual(Array.from({ length: 64 }, () => 1));
  });

  test('are on the photo as it is, whatever was made of it', async () => {
    const { boxes: [large] } = await detect(model, photo(32, 16), { preprocess: 'letterbox' });
    // 16 x 8 in the middle of the input: rows 4 to 12.
    expect([large?.mask?.width, large?.mask?.height]).toEqual([32, 16]);
    expect(Array.from(large!.mask!.data.subarray(0, 32))).toEqual(Array.from({ length: 32 }, (_, i) => Number(i >= 16)));
  });

  test('are none of a photo in tiles', async () => {
    const { boxes } = await detect(model, photo(32, 16), { tiles: { size: 16 } });
    expect(boxes.length).toBeGreaterThan(0);
    expect(boxes.every(({ mask }) => mask === undefined)).toBe(true);
  });
});

test('a hundred thousand candidates', async () => {
  const n = 100_000;
  let state = 1;
  const next = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const data = Float32Array.from({ length: 6 * n }, (_, i) => (i < 2 * n ? 640 * next() : i < 4 * n ? 8 : 0.3 + 0.7 * next()));
  const model = fake([1, 3, 640, 640], () => ({ output: floats([1, 6, n], data) }), { task: spec({ head: 'yolov8' }) });
  const { boxes } = await detect(model, photo(640, 640), { max: 20 });
  expect(boxes).toHaveLength(20);
  expect(boxes.every(({ score }, i) => i === 0 || score <= boxes[i - 1]!.score)).toBe(true);
  expect(boxes[0]!.score).toBe(data.subarray(4 * n).reduce((a, b) => Math.max(a, b)));
});

describe('labels and classes', () => {
  const three = fake(SHAPE, () => ({ output: floats([1, 7, 84], [...new Float32Array(6 * 84).fill(10), ...new Float32Array(84).fill(0.9)]) }));
  const found = fake(SHAPE, rows([[1, 1, 20, 20, 0.9, 2], [30, 30, 50, 50, 0.8, 0]]));
  const ask = (options: DetectOptions, model = three) => detect(model, BLACK, options);

  test('are named and chosen', async () => {
    const { boxes } = await ask({ labels: ['a', 'b', 'c'], classes: ['a', 2] }, found);
    expect(boxes.map(({ label, index }) => [label, index])).toEqual([['c', 2], ['a', 0]]);
    expect((await ask({ labels: ['a', 'b', 'c'], classes: ['b'] }, found)).boxes).toEqual([]);
    expect((await ask({ classes: [] }, found)).boxes).toEqual([]);
  });

  const refused: readonly (readonly [what: string, options: DetectOptions, message: RegExp, chosen?: boolean])[] = [
    ['fewer labels than classes', { labels: ['a', 'b'] }, /labels: expected as many names as classes, 3, got 2/],
    ['more labels than classes', { labels: ['a', 'b', 'c', 'd'] }, /labels: expected as many names as classes, 3, got 4/],
    ['fewer labels than a graph names', { labels: ['a', 'b'] }, /labels: expected as many names as classes, at least 3, got 2/, true],
    ['an unknown name', { labels: ['a', 'b', 'c'], classes: ['d'] }, /classes: expected names or indexes of classes of the model, got "d"/],
    ['a name without labels', { classes: ['d'] }, /classes: expected indexes of classes, got "d"/],
    ['an unknown index', { classes: [3] }, /classes: expected indexes of classes, 0 to 2, got 3/],
    ['half an index', { classes: [0.5] }, /classes: expected indexes of classes, got 0.5/],
    ['no list', { classes: 'a' as never }, /classes: expected a list/],
    ['no share', { score: 2 }, /score: expected a number from 0 to 1, got 2/],
    ['no box wanted', { max: 0 }, /max: expected a whole number from 1 on, got 0/],
    ['an unknown method', { method: 'hard' as never }, /method: expected greedy, soft, soft-linear or diou, got "hard"/],
    ['no candidates', { method: 'soft', candidates: 0 }, /candidates: expected a whole number from 1 to 30000, got 0/],
    ['more candidates than are read', { candidates: 30_001 }, /candidates: expected a whole number from 1 to 30000, got 30001/],
    ['tiles without a size', { tiles: {} as never }, /tiles.size: expected a whole number of pixels from 1 on, or \[height, width\], got undefined/],
    ['tiles of one side in a list', { tiles: { size: [100] as never } }, /tiles.size: expected a whole number of pixels from 1 on, or \[height, width\], got \[100\]/],
    ['an overlap as text', { tiles: { size: 32, overlap: '0.5' as never } }, /tiles.overlap: expected a number from 0 to 0.9, got "0.5"/],
    ['tiles that overlap wholly', { tiles: { size: 32, overlap: 1 } }, /tiles.overlap: expected a number from 0 to 0.9, got 1/],
    ['an option of tiles that is none', { tiles: { size: 32, stride: 1 } as never }, /tiles: expected an option it has, got stride/],
    ['too many tiles', { tiles: { size: 1, overlap: 0 } }, /tiles.size: expected at most 4096 tiles, got 16384 for 128 x 128 pixels/],
  ];
  for (const [what, options, message, chosen] of refused) {
    test(`${what}: refused`, async () => {
      const asked = detect(chosen ? found : three, 'tiles' in options ? photo(128, 128) : BLACK, options);
      await expect(asked).rejects.toThrow(ArgumentError);
      await expect(asked).rejects.toThrow(message);
    });
  }
});

test('outputs that no head reads are refused', async () => {
  const asked = detect(fake(SHAPE, () => ({ y: floats([1, 10], new Float32Array(10)) })), BLACK);
  await expect(asked).rejects.toThrow(UnsupportedError);
  await expect(asked).rejects.toThrow(/no known form of detectors fits/);
});

describe('suppression', () => {
  // Of two pairs one overlaps by 0.6; the other one by 1/3.
  const data = [[0, 0, 40, 10, 0.9, 0], [10, 0, 50, 10, 0.8, 0], [0, 30, 20, 40, 0.7, 0], [10, 30, 30, 40, 0.6, 1], [], [], [], []].map(([l = 0, t = 0, r = 0, b = 0, score = 0, k = 0]) =>
    [(l + r) / 2, (t + b) / 2, r - l, b - t, k === 0 ? score : 0, k === 1 ? score : 0]);
  const columns = Array.from({ length: 6 }, (_, k) => data.map((row) => row[k]!)).flat();
  const model = fake(SHAPE, () => ({ output: floats([1, 6, 8], columns) }), { task: spec({ head: 'yolov8' }) });
  const scores = async (options: DetectOptions) => (await detect(model, BLACK, options)).boxes.map(({ score }) => Number(score.toFixed(4)));

  test.each<readonly [string, DetectOptions, readonly number[]]>([
    ['greedy', {}, [0.9, 0.7, 0.6]],
    ['greedy, more overlap', { iou: 0.7 }, [0.9, 0.8, 0.7, 0.6]],
    ['for all classes', { agnostic: true, iou: 0.3 }, [0.9, 0.7]],
    // The centres are 10 apart, the corners of both boxes 50 and 10: 0.6 - 100 / 2600.
    ['diou', { method: 'diou', iou: 0.57 }, [0.9, 0.8, 0.7, 0.6]],
    ['greedy, as close', { iou: 0.57 }, [0.9, 0.7, 0.6]],
    ['soft', { method: 'soft' }, [0.9, 0.7, 0.6, Number((0.8 * Math.exp(-0.36 / 0.5)).toFixed(4))]],
    ['soft, under the least score', { method: 'soft', score: 0.5 }, [0.9, 0.7, 0.6]],
    ['soft, of the two best', { method: 'soft', candidates: 2 }, [0.9, Number((0.8 * Math.exp(-0.36 / 0.5)).toFixed(4))]],
    ['greedy, which candidates do not bound', { candidates: 2 }, [0.9, 0.7, 0.6]],
    ['soft by the overlap', { method: 'soft-linear' }, [0.9, 0.7, 0.6, 0.32]],
    ['no more than wanted', { max: 2 }, [0.9, 0.7]],
  ])('%s', async (_, options, expected) => {
    expect(await scores(options)).toEqual(expected);
  });

  test('of boxes that the graph has chosen none goes', async () => {
    const chosen = fake(SHAPE, rows([[0, 0, 40, 40, 0.9, 0], [0, 0, 40, 41, 0.8, 0]]));
    expect((await detect(chosen, BLACK, { method: 'soft', iou: 0.1 })).boxes).toHaveLength(2);
  });
});

describe('the spec', () => {
  test.each<readonly [object, RegExp]>([
    [{ head: 'yolo' }, /task.head: expected yolov2, .*, got "yolo"/], [{ strides: [] }, /task.strides/], [{ strides: [8, 0] }, /task.strides/], [{ anchors: [[[1]]] }, /task.anchors/],
    [{ strides: [8], anchors: [[[1, 1]], [[2, 2]]] }, /task.anchors: expected a list for each of 1 strides, got 2/], [{ variances: [0.1] }, /task.variances: expected two numbers above 0/],
    [{ boxes: 'x' }, /task.boxes: expected xyxy, xywh, cxcywh, yxyx, got "x"/], [{ normalized: 1 }, /normalized: expected true or false/], [{ decoded: 'no' }, /decoded: expected true or false/],
    [{ extra: -1 }, /task.extra: expected a whole number/], [{ xyScale: 0 }, /task.xyScale/], [{ scores: 'raw' }, /scores: expected softmax, sigmoid, none/], [{ score: 2 }, /task.score/], [{ iou: -1 }, /task.iou/],
  ])('%o: refused', (given, message) => {
    expect(() => taskSpec({ kind: 'detect', ...given })).toThrow(ArgumentError);
    expect(() => taskSpec({ kind: 'detect', ...given })).toThrow(message);
  });
});

describe('labels of torchvision', () => {
  // A person, a bicycle, and the background, which no box should have.
  const answer: Answer = () => ({
    boxes: floats([3, 4], [1, 1, 4, 4, 5, 5, 9, 9, 2, 6, 4, 9]), labels: { dtype: 'int64', shape: [3], data: BigInt64Array.of(1n, 2n, 0n) }, scores: floats([3], [0.9, 0.8, 0.7]),
  });
  const found = async (labels: readonly string[] | undefined, background?: boolean) => {
    const model = fake([1, 3, 10, 10], answer, { labels, task: { kind: 'detect', head: 'torchvision', background } });
    return (await detect(model, photo(10, 10))).boxes.map(({ index, label }) => [index, label]);
  };

  it('are indexes of the categories that come with its weights', async () => {
    expect(await found(['__background__', 'person', 'bicycle'])).toEqual([[1, 'person'], [2, 'bicycle'], [0, '__background__']]);
    expect(await found(undefined)).toEqual([[1, undefined], [2, undefined], [0, undefined]]);
  });

  it('fit names without the background where the spec says that class 0 is it', async () => {
    expect(await found(['person', 'bicycle'], true)).toEqual([[0, 'person'], [1, 'bicycle']]);
    expect(await found(undefined, true)).toEqual([[0, undefined], [1, undefined]]);
  });

  it('that are more than the names are refused, with what to do', async () => {
    await expect(found(['person', 'bicycle'])).rejects.toThrow(/labels: expected as many names as classes, at least 3, got 2.*__background__.*background: true/);
  });
});
