import { describe, expect, test } from 'vitest';
import { lenet5, squeezenet1_1, unet } from '../../ts/models/index.js';
import { BUILDERS } from '../models/builders.js';
import { threadedOf } from '../../ts/wasm/variant.js';
import { deviations, readGolden } from '../golden/check.js';
import { RUNNABLE } from '../golden/engine.js';

const NETS = { lenet5, squeezenet1_1, unet };
const ALGORITHMS = ['auto', 'winograd', 'naive', 'im2col', 'blocked', 'packed'] as const;

test('a variant with threads is among those that run here', () => {
  expect(RUNNABLE).toContain('simd');
  expect(threadedOf('simd')).toBe('simd-threads');
});

describe.each(Object.entries(NETS))('%s agrees with PyTorch in float64', (name, build) => {
  const golden = readGolden(name);
  for (const variant of RUNNABLE) {
    for (const threads of threadedOf(variant) ? [1, 2] : [1]) {
      test.each(ALGORITHMS)(`${variant} %s, threads: ${threads}`, async (algorithm) => {
        expect(await deviations(golden, build(), { variant, algorithm, threads })).toEqual([]);
      });
    }
  }
});

/** By the algorithms that are chosen alone: others are compared with `npm run golden`. */
const LIGHT = ['lraspp_mobilenet_v3_large', 'mobilenet_v3_large', 'mobilenet_v3_small', 'regnet_y_400mf', 'shufflenet_v2_x1_0'];

test.each(LIGHT)('%s agrees with PyTorch in float64', async (name) => {
  expect(await deviations(readGolden(name), BUILDERS[name]!(), { variant: 'simd', algorithm: 'auto', threads: 1 })).toEqual([]);
});
