/** Detectors with their task in one file find what torchvision finds with the same weights: tests/golden/state.py has the image and the boxes. */
import { describe, expect, it, test } from 'vitest';
import { readGolden } from '../golden/check.js';
import type { Golden } from '../golden/check.js';
import { formulaSource, hash32, seedOf } from '../golden/formula.js';
import { ArgumentError } from '../../ts/base/errors.js';
import type { Graph } from '../../ts/graph/graph.js';
import { loadInline } from '../../ts/model/inline-model.js';
import { saveModel } from '../../ts/model/save-model.js';
import { retinanet_resnet50_fpn, ssdlite320_mobilenet_v3_large } from '../../ts/models/index.js';
import { retinanetTask } from '../../ts/tasks/detect/retinanet.js';
import type { DetectSpec } from '../../ts/tasks/detect/spec.js';
import { ssdlite320Task } from '../../ts/tasks/detect/ssdlite320.js';

interface Detected extends Golden {
  /** Left, top, right, bottom, score and class, best first. */
  readonly detections: readonly (readonly number[])[];
}

interface Detector {
  readonly graph: Graph;
  readonly task: DetectSpec;
  /** Of the input. */
  readonly size: readonly [height: number, width: number];
  /** As in the record. */
  readonly score: number;
  /** What torchvision's number of a class is larger by. */
  readonly shift: number;
}

const DETECTORS: Readonly<Record<string, Detector>> = {
  ssdlite320_mobilenet_v3_large: { graph: ssdlite320_mobilenet_v3_large(), task: ssdlite320Task, size: [320, 320], score: 0.25, shift: 1 },
  retinanet_resnet50_fpn: { graph: retinanet_resnet50_fpn({ input: [1, 3, 128, 256] }), task: retinanetTask([128, 256]), size: [128, 256], score: 0.98, shift: 0 },
};

const goldenOf = (name: string): Detected => readGolden(name) as Detected;

/** What is found in an image of the highest byte of each hash. */
async function found(name: string, labels?: readonly string[]) {
  const { graph, task, size: [height, width], score } = DETECTORS[name]!;
  const image = { data: Uint8Array.from({ length: 3 * height * width }, (_, i) => hash32(seedOf('image'), i) >>> 24), width, height, channels: 3 as const };
  const source = formulaSource(goldenOf(name).params);
  const weights = graph.params.map((param) => source.get(param.name));
  const file = saveModel({ graph, weights, task, ...(labels && { labels }) });
  const model = await loadInline(file, {}, {
    defaultWasm: (variant) => new URL(`../../crates/pkg/${variant}/receptive_bg.wasm`, import.meta.url).href, only: undefined, readers: [],
  });
  try {
    return (await model.detect(image, { score, preprocess: 'tf' })).boxes;
  } finally {
    await model.dispose();
  }
}

describe.each(Object.entries(DETECTORS))('%s', (name, { shift }) => {
  const { detections } = goldenOf(name);

  it('finds the boxes that torchvision finds', async () => {
    const boxes = await found(name);
    expect(boxes).toHaveLength(detections.length);
    detections.forEach(([left = 0, top = 0, right = 0, bottom = 0, score = 0, label = 0], i) => {
      const { index, ...got } = boxes[i]!;
      expect(index).toBe(label - shift);
      const pairs = [[got.left, left], [got.top, top], [got.width, right - left], [got.height, bottom - top]] as const;
      for (const [is, want] of pairs) expect(Math.abs(is - want) <= 2e-2, `box ${i}: ${is} instead of ${want}`).toBe(true);
      expect(Math.abs(got.score - score) <= 2e-4, `box ${i}: score ${got.score} instead of ${score}`).toBe(true);
    });
  });

  it('counts classes as torchvision does where labels name the first one', async () => {
    const boxes = await found(name, Array.from({ length: 91 }, (_, i) => `class ${i}`));
    expect(boxes.map(({ index, label }) => [index, label])).toEqual(detections.map(([, , , , , label]) => [label, `class ${label}`]));
  });
});

test.each([
  ['ssdlite320_mobilenet_v3_large', ssdlite320_mobilenet_v3_large, [null, 3, 320, 320]],
  ['retinanet_resnet50_fpn', retinanet_resnet50_fpn, [1, 3, null, 640]],
] as const)('%s refuses an input that is open', (name, build, input) => {
  expect(() => build({ input })).toThrow(`${name}: input: expected a shape without open dimensions`);
});

test.each([
  ['100', [100, 128]], ['0', [0, 128]], ['expected height and width in pixels', [128]], ['expected height and width in pixels', 'large'],
])('a size of no RetinaNet is refused: %s', (message, size) => {
  expect(() => retinanetTask(size as unknown as readonly [number, number])).toThrow(ArgumentError);
  expect(() => retinanetTask(size as unknown as readonly [number, number])).toThrow(message);
});
