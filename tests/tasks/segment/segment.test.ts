/** What segment makes of outputs of all forms, and of those that are none. */
import { describe, expect, it } from 'vitest';
import { segment } from '../../../ts/tasks/segment/segment.js';
import type { SegmentOptions } from '../../../ts/tasks/segment/segment.js';
import type { PhotoModel } from '../../../ts/tasks/look.js';
import type { Runnable } from '../../../ts/session/runnable.js';
import type { AnyTensor } from '../../../ts/tensor/tensor.js';
import { openVariant } from '../../golden/engine.js';
import { floats, oracles } from './oracles.js';

const instance = openVariant('simd');

const photo = (width: number, height: number) => ({ data: new Uint8Array(width * height * 3), width, height, channels: 3 as const });

interface Net {
  readonly input?: readonly (number | null)[];
  readonly ending?: Runnable['ending'];
  readonly more?: Partial<PhotoModel>;
}

/** A model that answers these outputs, whatever it is given. */
function net(outputs: Readonly<Record<string, AnyTensor>>, { input = [1, 3, 28, 36], ending = 'raw', more = {} }: Net = {}): PhotoModel {
  const ports = Object.entries(outputs).map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
  const session: Partial<Runnable> = { inputs: [{ name: 'x', dtype: 'float32', shape: input }], outputs: ports, ending, run: () => outputs };
  return { session: session as Runnable, instance, ...more };
}

const tensor = (shape: readonly number[], data: ArrayLike<number>): AnyTensor => ({ dtype: 'float32', shape, data: Float32Array.from(data) });
const { logits, cases } = oracles.resized;
const [first] = cases;
const [height = 0, width = 0] = first?.size ?? [];
const planes = floats(logits);
const last = Float32Array.from({ length: 315 }, (_, i) => planes[(i % 5) * 63 + Math.floor(i / 5)]!);
const ask = async (model: PhotoModel, options: SegmentOptions = {}, size: readonly [number, number] = [width, height]) => segment(model, photo(...size), options);
const one = { out: tensor([1, 1, 2, 2], [-2, 0, 1, 3]) };

describe('outputs', () => {
  it.each([
    ['[1, classes, H, W]', net({ out: tensor([1, 5, 7, 9], planes) })],
    ['the first of two', net({ out: tensor([1, 5, 7, 9], planes), aux: tensor([1, 5, 7, 9], planes.map((x) => -x)) })],
    ['[1, H, W, classes], by proportions', net({ out: tensor([1, 7, 9, 5], last) })],
    ['[1, H, W, classes], by labels', net({ out: tensor([1, 7, 9, 5], last) }, { input: [1, 3, 999, 36], more: { labels: ['a', 'b', 'c', 'd', 'e'] } })],
  ])('%s: the classes are those of PyTorch', async (_, model) => {
    const { mask, classes, scores, alpha } = await ask(model);
    expect(mask).toMatchObject({ width, height });
    expect(Array.from(mask.data)).toEqual(first?.before);
    expect([scores, alpha]).toEqual([undefined, undefined]);
    expect(classes.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(Array.from((await ask(model, { resize: 'after' })).mask.data)).toEqual(first?.after);
  });

  it('where nothing else tells, the layout of the input says where classes are', async () => {
    const data = Float32Array.from({ length: 27 }, (_, i) => i % 3);
    expect((await ask(net({ out: tensor([1, 3, 3, 3], data) }, { input: [1, 9, 9, 3] }))).classes).toMatchObject([{ index: 2, share: 1 }]);
    expect((await ask(net({ out: tensor([1, 3, 3, 3], data) }, { input: [1, 3, 9, 9] }))).classes).toMatchObject([{ index: 0, share: 1 }]);
  });

  it.each([
    ['[1, H, W]', [1, 2, 2]], ['[1, 1, H, W]', [1, 1, 2, 2]], ['[1, H, W, 1]', [1, 2, 2, 1]],
  ])('classes of a graph that ends in an argmax, int64 %s', async (_, shape) => {
    const model = net({ out: { dtype: 'int64', shape, data: BigInt64Array.of(0n, 7n, 300n, 1n) } });
    const { mask } = await ask(model, {}, [4, 2]);
    expect(mask).toEqual({ data: Uint16Array.of(0, 0, 7, 7, 300, 300, 1, 1), width: 4, height: 2 });
    await expect(ask(model, { soft: true })).rejects.toThrow(/soft: expected a model whose graph gives scores/);
    await expect(ask(model, { scores: true })).rejects.toThrow(/scores: expected a model whose graph gives scores/);
    await expect(ask(model, { labels: ['a', 'b'] })).rejects.toThrow(/labels: expected as many names as classes, at least 301, got 2/);
  });

  it('of another form are refused', async () => {
    for (const out of [tensor([1, 5], [1, 2, 3, 4, 5]), tensor([2, 1, 1, 1], [1, 2]), tensor([1, 0, 2, 2], []), { dtype: 'int64', shape: [1, 2, 2, 3], data: new BigInt64Array(12) } as const]) {
      await expect(ask(net({ out })), String(out.shape)).rejects.toMatchObject({ code: 'unsupported', place: 'segment' });
    }
  });

  it.each([NaN, Infinity, -Infinity])('with a score of %f are refused, naming it', async (bad) => {
    await expect(ask(net({ out: tensor([1, 2, 1, 2], [0, 1, bad, 3]) }))).rejects.toMatchObject({ code: 'engine', got: `${bad} at 2` });
  });

  it.each([-1n, 65536n])('with a class of %d are refused', async (bad) => {
    await expect(ask(net({ out: { dtype: 'int64', shape: [1, 1, 2], data: BigInt64Array.of(0n, bad) } }))).rejects.toMatchObject({ code: 'engine', got: String(bad) });
  });
});

describe('one map', () => {
  it('of raw scores has probabilities by its sigmoid, of others as it is, unless the task says', async () => {
    const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
    const raw = await ask(net(one), { soft: true, scores: true }, [2, 2]);
    expect(Array.from(raw.mask.data)).toEqual([0, 1, 1, 1]);
    [-2, 0, 1, 3].forEach((score, i) => {
      expect(raw.scores?.[i]).toBeCloseTo(sigmoid(score), 6);
      expect(raw.alpha?.[i]).toBe(Math.round(255 * sigmoid(score)));
    });
    const plain = await ask(net(one, { ending: 'sigmoid' }), { soft: true, scores: true }, [2, 2]);
    expect(Array.from(plain.mask.data)).toEqual([0, 0, 1, 1]);
    expect([plain.scores, plain.alpha]).toEqual([Float32Array.of(-2, 0, 1, 3), Uint8Array.of(0, 0, 255, 255)]);
    const told = await ask(net(one, { ending: 'sigmoid', more: { task: { kind: 'segment', scores: 'sigmoid' } } }), {}, [2, 2]);
    expect(Array.from(told.mask.data)).toEqual([0, 1, 1, 1]);
  });

  it('is resized as scores, and cut at the threshold', async () => {
    const { scores, mask } = await ask(net(one, { ending: 'sigmoid' }), { scores: true, threshold: 0.26 }, [4, 4]);
    expect(Array.from(scores ?? []).slice(0, 8)).toEqual([-2, -1.5, -0.5, 0, -1.25, -0.75, 0.25, 0.75]);
    expect(Array.from(mask.data)).toEqual(Array.from(scores ?? [], (score) => Number(score >= 0.26)));
    const after = await ask(net(one, { ending: 'sigmoid' }), { scores: true, resize: 'after' }, [4, 4]);
    expect(Array.from(after.scores ?? []).slice(0, 5)).toEqual([-2, -2, 0, 0, -2]);
    expect(Array.from(after.mask.data)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]);
  });

  it('has two names, of no and yes', async () => {
    const { classes } = await ask(net(one), { labels: ['background', 'person'] }, [2, 2]);
    expect(classes).toEqual([{ index: 1, label: 'person', share: 0.75 }, { index: 0, label: 'background', share: 0.25 }]);
    await expect(ask(net(one), { labels: ['a', 'b', 'c'] })).rejects.toMatchObject({ code: 'argument', message: 'labels: expected 2 names, of no and yes, got 3' });
    await expect(ask(net(one), { labels: ['a'] })).rejects.toMatchObject({ code: 'argument', message: 'labels: expected 2 names, of no and yes, got 1' });
  });
});

describe('what a detector answers', () => {
  it.each([[[1, 2704, 44]], [[1, 3549, 6]], [[1, 84, 8400]], [[1, 100, 4]], [[1, 3, 13, 85]]])('%j is no map', async (shape) => {
    const boxes = tensor(shape, new Float32Array(shape.reduce((a, b) => a * b, 1)));
    await expect(ask(net({ boxes }, { input: [1, 3, 416, 416] }))).rejects.toMatchObject({ code: 'unsupported', hint: expect.stringMatching(/task: 'segmentation'/) as string });
  });

  it('is one where the task says so', async () => {
    const { mask } = await ask(net({ line: tensor([1, 1, 4, 40], Array.from({ length: 160 }, (_, i) => Number(i % 40 >= 20))) }, { more: { task: { kind: 'segment', scores: 'none' } } }), {}, [8, 4]);
    expect(Array.from(mask.data.subarray(0, 8))).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  });
});

describe('options', () => {
  const model = net({ out: tensor([1, 5, 7, 9], planes) }, { more: { labels: ['a', 'b', 'c', 'd', 'e'] } });
  it('scores of some classes, by index and name', async () => {
    const [all, some] = [await ask(model, { scores: true }), await ask(model, { scores: ['c', 0] })];
    const size = width * height;
    const every = Array.from(all.scores ?? []);
    expect(every).toHaveLength(5 * size);
    expect(Array.from(some.scores ?? [])).toEqual([...every.slice(2 * size, 3 * size), ...every.slice(0, size)]);
    expect((await ask(net(one), { scores: [1] }, [2, 2])).scores).toHaveLength(4);
  });

  const wrong: readonly (readonly [string, object, RegExp])[] = [
    ['another number of labels', { labels: ['a'] }, /labels: expected as many names as classes, 5, got 1/],
    ['an unknown class', { scores: ['f'] }, /scores: expected classes of the model, by name or index, got "f"/],
    ['a class that is not there', { scores: [5] }, /scores: expected classes/],
    ['scores of no meaning', { scores: 'all' }, /scores: expected true, false or a list/],
    ['a threshold of no meaning', { threshold: 1.5 }, /threshold: expected a number from 0 to 1/],
    ['a resize of no meaning', { resize: 'never' }, /resize: expected before or after/],
  ];
  it.each(wrong)('%s: refused', async (_, options, message) => {
    await expect(ask(model, options)).rejects.toMatchObject({ code: 'argument' });
    await expect(ask(model, options)).rejects.toThrow(message);
  });

  it('a matte of five maps is refused, and what is no segmenter', async () => {
    await expect(ask(model, { soft: true })).rejects.toThrow(/soft: expected a model of one map, got 5 maps; use scores/);
    await expect(ask(net(one, { more: { task: { kind: 'classify' } } }))).rejects.toThrow(/made for classification; use classify/);
  });

  it('a letterbox is looked at where the photo is, not where the grey is', async () => {
    // The photo of 8 x 4 lies in the middle two of four rows.
    const letterboxed = net({ out: tensor([1, 1, 4, 4], [9, 9, 9, 9, 1, 1, 1, 1, 0, 0, 0, 0, 9, 9, 9, 9]) }, { input: [1, 3, 4, 4], ending: 'sigmoid' });
    const { scores } = await ask(letterboxed, { preprocess: 'letterbox', scores: true }, [8, 4]);
    expect(Array.from(scores ?? [])).toEqual([1, 0.75, 0.25, 0].flatMap((value) => Array.from({ length: 8 }, () => value)));
  });
});
