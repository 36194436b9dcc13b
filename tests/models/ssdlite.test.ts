/** SSDlite with its task in one file finds what torchvision finds with the same weights: tests/golden/state.py has the image and the boxes. */
import { expect, test } from 'vitest';
import { readGolden } from '../golden/check.js';
import type { Golden } from '../golden/check.js';
import { formulaSource, hash32, seedOf } from '../golden/formula.js';
import { loadInline } from '../../ts/model/inline-model.js';
import { saveModel } from '../../ts/model/save-model.js';
import { ssdlite320_mobilenet_v3_large } from '../../ts/models/index.js';
import { ssdlite320Task } from '../../ts/tasks/detect/ssdlite320.js';

interface Detected extends Golden {
  /** Left, top, right, bottom, score and class, best first. */
  readonly detections: readonly (readonly number[])[];
}

const SIDE = 320;
/** As in the record. */
const SCORE = 0.25;

/** The highest byte of each hash. */
const image = { data: Uint8Array.from({ length: 3 * SIDE * SIDE }, (_, i) => hash32(seedOf('image'), i) >>> 24), width: SIDE, height: SIDE, channels: 3 as const };

const golden = readGolden('ssdlite320_mobilenet_v3_large') as Detected;

async function found(labels: readonly string[] | undefined) {
  const graph = ssdlite320_mobilenet_v3_large();
  const source = formulaSource(golden.params);
  const weights = graph.params.map(({ name }) => source.get(name));
  const file = saveModel({ graph, weights, task: ssdlite320Task, ...(labels && { labels }) });
  const model = await loadInline(file, {}, {
    defaultWasm: (variant) => new URL(`../../crates/pkg/${variant}/receptive_bg.wasm`, import.meta.url).href, only: undefined, readers: [],
  });
  try {
    return (await model.detect(image, { score: SCORE })).boxes;
  } finally {
    await model.dispose();
  }
}

test('boxes are those of torchvision', async () => {
  const boxes = await found(undefined);
  expect(boxes).toHaveLength(golden.detections.length);
  golden.detections.forEach(([left = 0, top = 0, right = 0, bottom = 0, score = 0, label = 0], i) => {
    const { index, ...got } = boxes[i]!;
    expect(index).toBe(label - 1);
    const pairs = [[got.left, left], [got.top, top], [got.width, right - left], [got.height, bottom - top]] as const;
    for (const [is, want] of pairs) expect(Math.abs(is - want) <= 2e-2, `box ${i}: ${is} instead of ${want}`).toBe(true);
    expect(Math.abs(got.score - score) <= 2e-4, `box ${i}: score ${got.score} instead of ${score}`).toBe(true);
  });
});

test('labels that name the background are counted as torchvision counts classes', async () => {
  const names = Array.from({ length: 91 }, (_, i) => `class ${i}`);
  const boxes = await found(names);
  expect(boxes.map(({ index, label }) => [index, label])).toEqual(golden.detections.map(([, , , , , label]) => [label, `class ${label}`]));
});

test('an input that is open is refused', () => {
  expect(() => ssdlite320_mobilenet_v3_large({ input: [null, 3, 320, 320] })).toThrow(/ssdlite320_mobilenet_v3_large: input: expected a shape without open dimensions/);
});
