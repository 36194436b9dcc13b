/** The pixels that a unit sees are those whose change changes it, found by changing each. In the built package. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type * as Inline from '../../ts/entries/inline.js';
import { dist } from '../support/models.js';

const {
  load, graph, input, conv2d, convTranspose2d, maxPool2d, avgPool2d, adaptiveAvgPool2d, globalAvgPool2d, pad, pixelShuffle, pixelUnshuffle, upsample, relu, add, cat,
  tensor, unitField, graphSummary, models,
} = (await import(dist('node/inline.js'))) as typeof Inline;

type Value = ReturnType<typeof input>;

const [HEIGHT, WIDTH] = [8, 9];
/** So much more in one pixel shows through every sum and every maximum of these small nets. */
const PULSE = 1e6;

interface Seen {
  readonly summary: Inline.Summary;
  readonly layer: string;
  /** By [row, column] of the unit: top, left, bottom, right of the pixels that change it. */
  readonly boxes: ReadonlyMap<string, readonly [number, number, number, number]>;
}

/** Adds to each pixel by itself, one image of the batch for each, and looks which units differ. */
async function seenOf(build: (x: Value) => Value): Promise<Seen> {
  const x = input([null, 1, HEIGHT, WIDTH]);
  const net = graph({ x }, { y: build(x) });
  // Positive weights: no change is cancelled by another.
  const weights = Object.fromEntries(net.params.map(({ name, shape }) => [name, tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1), shape)]));
  using model = await load(net, { weights });
  const count = HEIGHT * WIDTH;
  const images = new Float32Array((count + 1) * count).fill(1);
  for (let at = 0; at < count; at++) images[at * count + at] = PULSE;
  const { data, shape: [, channels = 0, rows = 0, columns = 0] } = model.run(tensor(images, [count + 1, 1, HEIGHT, WIDTH]))['y']!;
  const [size, boxes] = [channels * rows * columns, new Map<string, [number, number, number, number]>()];
  for (let at = 0; at < count; at++) {
    const [y, x0] = [Math.floor(at / WIDTH), at % WIDTH];
    for (let i = 0; i < size; i++) {
      if (data[at * size + i] === data[count * size + i]) continue;
      const key = `${Math.floor((i % (rows * columns)) / columns)} ${i % columns}`;
      const [top, left, bottom, right] = boxes.get(key) ?? [y, x0, y, x0];
      boxes.set(key, [Math.min(top, y), Math.min(left, x0), Math.max(bottom, y), Math.max(right, x0)]);
    }
  }
  const summary = model.summary([1, 1, HEIGHT, WIDTH]);
  return { summary, layer: summary.layers.at(-1)!.name, boxes };
}

/** Every unit of the last layer, as it was found and as it is computed. */
async function expectExact(build: (x: Value) => Value): Promise<void> {
  const { summary, layer, boxes } = await seenOf(build);
  const [, , rows = 0, columns = 0] = summary.layers.at(-1)!.outputShape;
  expect(rows * columns).toBeGreaterThan(0);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [top, left, bottom, right] = boxes.get(`${row} ${column}`) ?? [0, 0, -1, -1];
      const found = { y: top, x: left, height: bottom - top + 1, width: right - left + 1 };
      expect([row, column, unitField(summary, layer, [row, column])]).toEqual([row, column, found]);
    }
  }
}

const side = fc.integer({ min: 1, max: 3 });
const pair = fc.tuple(side, side);
const step = fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 }));
const around = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 }));

type Part = (x: Value) => Value;
const convolution = fc.record({ kernel: pair, stride: step, dilation: step, padding: around }).map(({ kernel, ...options }): Part => conv2d(1, 1, kernel, { ...options, bias: false }));
const kept = fc.record({ kernel: side, dilation: step }).map(({ kernel, dilation }): Part => {
  const [down, along] = dilation;
  // Of one size with what it reads, so that branches can be added.
  return conv2d(1, 1, 2 * kernel - 1, { padding: [(kernel - 1) * down, (kernel - 1) * along], dilation, bias: false });
});
const part: fc.Arbitrary<Part> = fc.oneof(
  convolution,
  fc.record({ kernel: fc.tuple(fc.integer({ min: 2, max: 3 }), fc.integer({ min: 2, max: 3 })), stride: step, ceil: fc.boolean() }).map(({ kernel, stride, ceil }): Part => maxPool2d(kernel, { stride, padding: 1, ceilMode: ceil })),
  pair.map((kernel): Part => avgPool2d(kernel, { stride: 1 })),
  fc.record({ kernel: pair, stride: step, dilation: step }).map(({ kernel, ...options }): Part => convTranspose2d(1, 1, kernel, { ...options, bias: false })),
  fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })).map((sides): Part => pad(sides)),
  fc.tuple(kept, kept).map(([a, b]): Part => (x) => add(a(x), relu()(b(x)))),
  fc.tuple(kept, kept).map(([a, b]): Part => (x) => conv2d(2, 1, 1, { bias: false })(cat([a(x), b(x)]))),
  kept.map((a): Part => (x) => add(a(x), globalAvgPool2d()(x))),
  side.map((scale): Part => upsample({ scaleFactor: scale })),
  fc.constant((x: Value) => pixelShuffle(2)(conv2d(1, 4, 1, { bias: false })(x))),
);

/** What cannot be: a window that is larger than what it slides over. */
const fits = (build: Part): boolean => {
  try {
    const x = input([1, 1, HEIGHT, WIDTH]);
    graph({ x }, { y: build(x) });
    return true;
  } catch {
    return false;
  }
};

describe('unitField', () => {
  it('is what a change of each pixel changes, in networks drawn at random', async () => {
    const net = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts): Part => (x) => parts.reduce((value, one) => one(value), x)).filter(fits);
    await fc.assert(fc.asyncProperty(net, expectExact), { numRuns: 80, seed: 17 });
  });

  it.each<[string, Part]>([
    ['padding of inner layers', (x) => conv2d(1, 1, 3, { padding: 1, bias: false })(conv2d(1, 1, 3, { padding: 3, stride: 2, bias: false })(x))],
    ['padding alone', conv2d(1, 1, 2, { padding: 4, bias: false })],
    ['pixels skipped by a stride', conv2d(1, 1, 1, { stride: 3, bias: false })],
    ['blocks of pixels', (x) => pixelUnshuffle(2)(pad([0, 1, 0, 0])(x))],
    ['windows that divide a map', (x) => adaptiveAvgPool2d([4, 3])(relu()(x))],
  ])('%s', (_, build) => expectExact(build));

  it('of a branch that sees padding alone is what the other sees', async () => {
    const { summary, layer, boxes } = await seenOf((x) => add(conv2d(1, 1, 3, { padding: [6, 1], stride: 1, bias: false })(x), pad([0, 0, 5, 5])(x)));
    expect(boxes.has('0 0')).toBe(false);
    expect(unitField(summary, layer, [0, 0])).toEqual({ y: 0, x: 0, height: 0, width: 0 });
    expect(unitField(summary, layer, [5, 0])).toEqual({ y: 0, x: 0, height: 2, width: 2 });
    expect(boxes.get('5 0')).toEqual([0, 0, 1, 1]);
  });

  it('reads a summary of a graph without weights, and of a real one', () => {
    const net = graphSummary(models.squeezenet1_1(), [[1, 3, 224, 224]]);
    expect(unitField(net, 'features.0', [0, 0])).toEqual({ y: 0, x: 0, height: 3, width: 3 });
    // Fire modules pad: a unit at the corner sees less than one within, 7 of each 15 on.
    expect(unitField(net, 'features.3', [0, 0])).toEqual({ y: 0, x: 0, height: 11, width: 11 });
    expect(unitField(net, 'features.3', [20, 20])).toEqual({ y: 76, x: 76, height: 15, width: 15 });
    expect(unitField(net, 'classifier.3', [0, 0])).toEqual({ y: 0, x: 0, height: 223, width: 223 });
  });

  it('says what is no unit, and knows none where pixels are moved in other ways', () => {
    const x = input([1, 1, 8, 8]);
    const net = graphSummary(graph({ x }, { y: upsample({ scaleFactor: 2, mode: 'bilinear', name: 'up' })(conv2d(1, 1, 3, { name: 'conv' })(x)) }));
    expect(unitField(net, 'up', [0, 0])).toBeUndefined();
    expect(unitField(net, 'conv', [5, 5])).toEqual({ y: 5, x: 5, height: 3, width: 3 });
    expect(() => unitField(net, 'conv', [6, 0])).toThrow(/unitField: unit: expected a row below 6/);
    expect(() => unitField(net, 'conv', [0.5, 0])).toThrow(/unitField: unit/);
    expect(() => unitField(net, 'cnv', [0, 0])).toThrow(/unitField: layer.*did you mean conv/);
    expect(() => unitField({} as never, 'conv', [0, 0])).toThrow(/unitField: expected a summary/);
    expect(() => unitField(graphSummary(models.squeezenet1_1(), [[1, 3, 224, 224]]), 'classifier.3', [1, 0])).toThrow(/a row below 1/);
  });
});
