/** Scanning and suppression in the engine: against torchvision, against numpy and against themselves written slowly, on every variant. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ArgumentError, EngineError, ShapeError } from '../../../ts/base/errors.js';
import { scanScores } from '../../../ts/tasks/boxes/scan.js';
import type { ScanSpec } from '../../../ts/tasks/boxes/scan.js';
import { suppress } from '../../../ts/tasks/boxes/suppress.js';
import type { SuppressOptions } from '../../../ts/tasks/boxes/suppress.js';
import { openEngine, openVariant, RUNNABLE } from '../../golden/engine.js';
import { digest, drawSet } from './draw.js';
import { scanSlowly, suppressSlowly } from './slowly.js';

const json = (name: string): unknown => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));

/** What `batched_nms` keeps: digests, 4 bytes each, of sets 0, 1, 2 ... with one threshold after the other. */
const TORCHVISION = json('torchvision.json') as { readonly ious: readonly number[]; readonly kept: number; readonly digests: string };

type Kept = readonly [kept: readonly number[], scores: readonly number[]];

/** Soft suppression as numpy does it, and by the DIoU of torchvision. */
const SOFT = json('soft.json') as readonly {
  readonly seed: number; readonly sigma: number; readonly iou: number; readonly soft: Kept; readonly 'soft-linear': Kept; readonly diou: readonly number[];
}[];

const METHODS = ['greedy', 'soft', 'soft-linear', 'diou'] as const;
const ODD = [NaN, Infinity, -Infinity, 0, -0, 3e38, 1e-38, -1];

/** Replaces every so-manieth number by one that no network should give. */
function spoil(numbers: Float32Array, step: number): Float32Array {
  return numbers.map((number, i) => (i % step === step - 1 ? ODD[((i + 1) / step) % ODD.length]! : number));
}

describe.each(RUNNABLE)('%s', (variant) => {
  const instance = openVariant(variant);

  it('keeps what torchvision keeps, on 10,000 sets', () => {
    const digests = Buffer.from(TORCHVISION.digests, 'base64');
    const different: number[] = [];
    let total = 0;
    for (let seed = 0; seed < digests.length / 4; seed += 1) {
      const { boxes, scores, classes } = drawSet(seed);
      const iou = TORCHVISION.ious[seed % TORCHVISION.ious.length]!;
      const { kept } = suppress(instance, boxes, scores, classes, { iou, max: Infinity });
      if (digest(kept) !== digests.readUInt32LE(4 * seed)) different.push(seed);
      total += kept.length;
    }
    expect({ different, sets: digests.length / 4, total }).toEqual({ different: [], sets: 10_000, total: TORCHVISION.kept });
  });

  it('lowers scores as numpy does, and takes distances off as torchvision does', () => {
    for (const set of SOFT) {
      const { boxes, scores, classes } = drawSet(set.seed);
      const by = (method: SuppressOptions['method'] & string): ReturnType<typeof suppress> =>
        suppress(instance, boxes, scores, classes, { iou: set.iou, sigma: set.sigma, method, max: Infinity, ...(method === 'diou' ? {} : { score: 0.05 }) });
      expect([...by('diou').kept], `set ${set.seed}`).toEqual(set.diou);
      for (const method of ['soft', 'soft-linear'] as const) {
        const got = by(method);
        expect([...got.kept], `set ${set.seed}, ${method}`).toEqual(set[method][0]);
        const worst = Math.max(...got.scores.map((score, i) => Math.abs(score - set[method][1][i]!)));
        expect(worst <= 2e-6, `set ${set.seed}, ${method}: ${worst}`).toBe(true);
      }
    }
    expect(SOFT.length).toBeGreaterThan(50);
  });

  it.each(METHODS)('%s does as it does slowly, degenerate boxes, NaN and ties included', (method) => {
    for (let seed = 0; seed < 200; seed += 1) {
      const drawn = drawSet(seed);
      const n = Math.min(drawn.scores.length, [0, 1, 3, 4, 5, 60][seed % 6]!);
      const boxes = spoil(drawn.boxes.slice(0, 4 * n), 7 + (seed % 5));
      const [scores, classes] = [spoil(drawn.scores.slice(0, n), 9), seed % 2 ? drawn.classes.slice(0, n) : undefined];
      const options = { iou: TORCHVISION.ious[seed % 8]!, max: [Infinity, 5, 0][seed % 3]!, method, ...(seed % 4 === 0 && { score: 0.3 }) };
      const [got, expected] = [suppress(instance, boxes, scores, classes, options), suppressSlowly(boxes, scores, classes, options)];
      expect([...got.kept], `set ${seed}`).toEqual([...expected.kept]);
      const worst = Math.max(0, ...got.scores.map((score, i) => (score === expected.scores[i] ? 0 : Math.abs(score - expected.scores[i]!) / expected.scores[i]!)));
      expect(worst <= 2e-6, `set ${seed}: ${worst}`).toBe(true);
    }
  });

  it.each([true, false])('scans as it does slowly, sigmoid: %s', (sigmoid) => {
    for (let seed = 0; seed < 120; seed += 1) {
      const [candidates, classes] = [[0, 1, 3, 4, 5, 255, 256, 257, 300][seed % 9]!, [1, 2, 3, 4, 5, 7, 80, 0][seed % 8]!];
      const wide = 4 + classes;
      const [candidateStride, classStride] = [[1, candidates], [wide, 1], [2 * wide, 2]][seed % 3]! as [number, number];
      const drawn = drawSet(seed + 1000).boxes;
      // Multiples of 1/4, so that there are ties; sums of a few, so that hardly two thresholds are met.
      const numbers = Float32Array.from({ length: 2 * wide * candidates }, (_, i) => {
        const x = Math.round((drawn[i % drawn.length] ?? 0) + i * 7) % 64;
        return sigmoid ? (x - 40) / 4 : x / 64;
      });
      const spec: ScanSpec = {
        candidates, classes, candidateStride, classStride, offset: 4 * classStride, sigmoid, threshold: [0.5, 0.25, 0, 0.9, 1][seed % 5]!, multiLabel: seed % 2 === 0,
        most: [Infinity, 7, 1, 0, 100][(seed >> 1) % 5]!, ...(seed % 4 > 1 && { objectness: { offset: 2 * classStride, stride: candidateStride } }),
      };
      const scores = seed % 5 === 0 ? spoil(numbers, 6) : numbers;
      const [got, expected] = [scanScores(instance, scores, spec), scanSlowly(scores, spec)];
      expect([[...got.indices], [...got.classes]], `set ${seed}`).toEqual([[...expected.indices], [...expected.classes]]);
      const worst = Math.max(0, ...got.scores.map((score, i) => (score === expected.scores[i] ? 0 : Math.abs(score - expected.scores[i]!))));
      expect(worst <= 1e-6, `set ${seed}: ${worst}`).toBe(true);
    }
  });

  it('looks at the 10,000 best of 100,000 boxes in one place if scores are lowered, unless another number is said', () => {
    const count = 100_000;
    const boxes = Float32Array.from({ length: 4 * count }, (_, i) => (i % 4 < 2 ? 0 : 9 + i / count));
    const scores = Float32Array.from({ length: count }, (_, i) => 1 - i / (2 * count));
    const kept = (method: (typeof METHODS)[number], candidates?: number): number =>
      suppress(instance, boxes, scores, undefined, { iou: 1, max: Infinity, sigma: 1e9, method, ...(candidates === undefined ? {} : { candidates }) }).kept.length;
    for (const method of ['soft', 'soft-linear'] as const) {
      expect(kept(method)).toBe(10_000);
      expect(kept(method, 7)).toBe(7);
    }
    for (const candidates of [-1, 0.5, NaN]) expect(() => kept('soft', candidates)).toThrow(/suppress: candidates: expected a whole number from 0 on/);
  });

  it('gives memory back, whatever happens', () => {
    const { boxes, scores, classes } = drawSet(7);
    const once = (): void => {
      suppress(instance, new Float32Array(400_000), new Float32Array(100_000), undefined, { iou: 0.5, max: 10 });
      expect(() => instance.boxes(10, 7).suppress(Uint32Array.of(0, 9, 9), 2, 1, 0)).toThrow('iou');
      suppress(instance, boxes, scores, classes, { iou: 0.5, max: 10, method: 'soft' });
    };
    once();
    const { byteLength } = instance.memory.buffer;
    for (let i = 0; i < 20; i += 1) once();
    expect(instance.memory.buffer.byteLength).toBe(byteLength);
  });

  it('takes 100,000 boxes that do not overlap, and none', () => {
    const n = 100_000;
    const boxes = Float32Array.from({ length: 4 * n }, (_, i) => (i % 2 ? (i % 4 === 1 ? 0 : 1) : (i >> 2) * 2 + (i % 4 === 0 ? 0 : 1)));
    const scores = Float32Array.from({ length: n }, (_, i) => (i % 1000) / 1000);
    const { kept } = suppress(instance, boxes, scores, undefined, { iou: 0.5, max: Infinity });
    expect([kept.length, kept[0], kept[1]]).toEqual([n, 999, 1999]);
    const none = suppress(instance, new Float32Array(0), new Float32Array(0), undefined, { iou: 0.5, max: 9 });
    expect([none.kept, none.scores]).toEqual([new Uint32Array(0), new Float32Array(0)]);
  });

  it('refuses what it has no memory for, and goes on', () => {
    expect(() => instance.boxes(2 ** 30, 0)).toThrow('memory');
    const { boxes, scores } = drawSet(3);
    expect(suppress(instance, boxes, scores, undefined, { iou: 0.5, max: 1 }).kept).toHaveLength(Math.min(1, scores.length));
  });
});

it('several threads have the same answer', async () => {
  const engine = await openEngine('simd', 2);
  const { boxes, scores, classes } = drawSet(11);
  const options = { iou: 0.5, max: 100 };
  const got = suppress(engine.instance, boxes, scores, classes, options);
  await engine.close();
  expect(got).toEqual(suppress(openVariant('simd'), boxes, scores, classes, options));
  expect(got.kept.buffer).toBeInstanceOf(ArrayBuffer);
});

describe('bad input', () => {
  const instance = openVariant('scalar');
  const good: SuppressOptions = { iou: 0.5, max: 10 };
  it.each<[string, Partial<Record<keyof SuppressOptions, unknown>>]>([
    ['iou', { iou: NaN }], ['iou', { iou: 1.5 }], ['max', { max: -1 }], ['max', { max: 1.5 }], ['method', { method: 'best' }], ['sigma', { sigma: 0 }],
    ['score', { score: NaN }],
  ])('%s of suppress: %o', (name, options) => {
    const call = (): unknown => suppress(instance, new Float32Array(4), new Float32Array(1), undefined, { ...good, ...(options as Partial<SuppressOptions>) });
    expect(call).toThrow(ArgumentError);
    expect(call).toThrow(`suppress: ${name}: expected`);
  });

  it('other numbers of boxes, scores and classes', () => {
    expect(() => suppress(instance, new Float32Array(5), new Float32Array(1), undefined, good)).toThrow(ShapeError);
    expect(() => suppress(instance, new Float32Array(4), new Float32Array(1), new Uint32Array(2), good)).toThrow(ShapeError);
  });

  const spec: ScanSpec = { candidates: 3, classes: 2, candidateStride: 5, classStride: 1, offset: 1, sigmoid: true, threshold: 0.5, most: 9 };
  it.each<[string, Partial<ScanSpec>]>([
    ['candidates', { candidates: -1 }], ['classes', { classes: 0.5 }], ['candidateStride', { candidateStride: NaN }], ['classStride', { classStride: -1 }],
    ['offset', { offset: 2 ** 32 }], ['most', { most: -1 }], ['threshold', { threshold: NaN }], ['objectness.stride', { objectness: { offset: 0, stride: -5 } }],
  ])('%s of scan: %o', (name, change) => {
    const call = (): unknown => scanScores(instance, new Float32Array(20), { ...spec, ...change });
    expect(call).toThrow(ArgumentError);
    expect(call).toThrow(`scan: ${name}: expected`);
  });

  it('scores that are too few', () => {
    expect(scanScores(instance, new Float32Array(13), spec).indices).toHaveLength(0);
    expect(() => scanScores(instance, new Float32Array(12), spec)).toThrow(ShapeError);
    expect(() => scanScores(instance, new Float32Array(14), { ...spec, objectness: { offset: 4, stride: 5 } })).toThrow(ShapeError);
  });

  it('an engine that is broken', () => {
    const broken = { ...instance, boxes: () => { throw new Error('gone'); } };
    expect(() => scanScores(broken, new Float32Array(20), spec)).toThrow(EngineError);
  });
});
