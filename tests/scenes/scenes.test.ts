import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { turnOf } from '../../ts/scenes/angle.js';
import { codes } from '../../ts/scenes/codes.js';
import type { Scene } from '../../ts/scenes/scene.js';
import { scenes } from '../../ts/scenes/scenes.js';
import { PINNED, sceneHashes } from './bits.js';
import { clockDigits, hashOf } from './support.js';

const digits = clockDigits(3);

/** The labels of a scene agree with each other. */
function expectLabels({ image, width, height, boxes, mask, instances }: Scene): void {
  expect([image.length, mask.length, instances.length]).toEqual([width * height, width * height, width * height]);
  boxes.forEach(({ left, top, width: w, height: h, index, visible }, i) => {
    const pixels = [...instances.keys()].filter((at) => instances[at] === i + 1);
    const [columns, rows] = [pixels.map((at) => at % width), pixels.map((at) => Math.floor(at / width))];
    expect([left, top, left + w - 1, top + h - 1]).toEqual([Math.min(...columns), Math.min(...rows), Math.max(...columns), Math.max(...rows)]);
    expect(pixels.every((at) => mask[at] === index + 1)).toBe(true);
    expect(visible).toBeGreaterThanOrEqual(0.7);
    expect(visible).toBeLessThanOrEqual(1);
  });
  expect(instances.every((instance, at) => (instance === 0) === (mask[at] === 0) && instance <= boxes.length)).toBe(true);
}

test('the same bits in every engine', () => {
  expect(sceneHashes()).toEqual(PINNED);
});

test('nothing is computed by functions that engines round each in their own way', () => {
  const folder = fileURLToPath(new URL('../../ts/scenes', import.meta.url));
  for (const file of readdirSync(folder)) {
    const code = readFileSync(`${folder}/${file}`, 'utf8').replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '');
    const used = [...code.matchAll(/Math\.(\w+)|(\*\*)/g)].map(([, name, power]) => name ?? power);
    expect(used.filter((name) => !['floor', 'ceil', 'min', 'max', 'abs', 'sqrt', 'imul'].includes(name!)), file).toEqual([]);
  }
});

test('turns are those of sine and cosine', () => {
  for (let degrees = -180; degrees <= 180; degrees += 0.7) {
    const { cos, sin } = turnOf(degrees);
    expect(Math.abs(cos - Math.cos((degrees * Math.PI) / 180))).toBeLessThan(1e-7);
    expect(Math.abs(sin - Math.sin((degrees * Math.PI) / 180))).toBeLessThan(1e-7);
  }
});

test('labels of scenes agree with their pixels', () => {
  const recipe = fc.record({ seed: fc.nat(), size: fc.integer({ min: 32, max: 140 }), clutter: fc.double({ min: 0, max: 1, noNaN: true }), overlap: fc.double({ min: 0, max: 1, noNaN: true }) });
  fc.assert(fc.property(recipe, fc.nat(), ({ seed, ...options }, index) => {
    const scene = scenes({ digits, seed, ...options }).at(index);
    expectLabels(scene);
    expect(scene.boxes.length).toBeGreaterThanOrEqual(1);
    expect(scene.boxes.length).toBeLessThanOrEqual(6);
    expect(scene.code).toBeUndefined();
  }), { numRuns: 60 });
});

test('labels of codes agree with their pixels, and the code is read from left to right', () => {
  fc.assert(fc.property(fc.nat(), fc.integer({ min: 64, max: 160 }), (seed, size) => {
    const scene = codes({ digits, seed, size }).at(3);
    expectLabels(scene);
    const middles = scene.boxes.map(({ left, width }) => left + width / 2);
    expect([...middles].sort((a, b) => a - b)).toEqual(middles);
    expect(scene.boxes.map(({ index }) => index).join('')).toBe(scene.code);
    expect(scene.code).toMatch(/^\d{5}$/);
  }), { numRuns: 60 });
});

test('a digit stands out from what is around it', () => {
  for (const { image, mask, boxes, instances, width } of [...scenes({ digits, seed: 5, count: 40, overlap: 0 }), ...codes({ digits, seed: 5, count: 20 })]) {
    boxes.forEach(({ left, top, width: w, height: h }, i) => {
      let [ink, inks, paper, papers] = [0, 0, 0, 0];
      for (let y = top; y < top + h; y++) {
        for (let x = left; x < left + w; x++) {
          const at = y * width + x;
          if (instances[at] === i + 1) [ink, inks] = [ink + image[at]!, inks + 1];
          else if (mask[at] === 0) [paper, papers] = [paper + image[at]!, papers + 1];
        }
      }
      // A 1 that stands upright fills its box.
      if (papers > 20) expect(Math.abs(ink / inks - paper / papers)).toBeGreaterThan(20);
    });
  }
});

test('each scene is another one, and depends on nothing but its seed and number', () => {
  const source = scenes({ digits, seed: 1, count: 30 });
  const hashes = [...source].map(({ image }) => hashOf(image));
  expect(new Set(hashes).size).toBe(30);
  expect(hashes[17]).toBe(hashOf(scenes({ digits, seed: 1 }).at(17).image));
  expect([...source].map(({ image }) => hashOf(image))).toEqual(hashes);
  expect(hashOf(scenes({ digits, seed: 2 }).at(17).image)).not.toBe(hashes[17]);
  expect(scenes({ digits }).length).toBe(2 ** 32);
});

test('all digits, sizes and both kinds of contrast come', () => {
  const all = [...scenes({ digits, seed: 3, count: 150 })].flatMap(({ boxes }) => boxes);
  expect(new Set(all.map(({ index }) => index)).size).toBe(10);
  const sides = all.map(({ width, height }) => Math.max(width, height));
  expect(Math.min(...sides)).toBeLessThan(18);
  expect(Math.max(...sides)).toBeGreaterThan(42);
  expect(all.some(({ visible }) => visible < 1)).toBe(true);
});

test('as few digits as a scene has to hold find room, even where chance finds none', () => {
  for (const scene of scenes({ digits, seed: 1, count: 20, size: 88, side: [14, 80], perScene: [9, 9], overlap: 0 })) {
    expect(scene.boxes.length).toBe(9);
    expectLabels(scene);
    expect(scene.boxes.every(({ visible }) => visible === 1)).toBe(true);
  }
});

test('a scene may be empty', () => {
  const [scene] = scenes({ digits, count: 1, perScene: [0, 0], clutter: 0, size: 16 });
  expect(scene!.boxes).toEqual([]);
  expect(scene!.mask.every((value) => value === 0)).toBe(true);
});
