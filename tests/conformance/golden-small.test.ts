import { describe, expect, test } from 'vitest';
import { lenet5, squeezenet1_1, unet } from '../../ts/models/index.js';
import { deviations, readGolden, RUNNABLE } from '../golden/check.js';

const NETS = { lenet5, squeezenet1_1, unet };
const ALGORITHMS = ['auto', 'winograd', 'naive', 'im2col', 'packed'] as const;

describe.each(Object.entries(NETS))('%s agrees with PyTorch in float64', (name, build) => {
  const golden = readGolden(name);
  for (const variant of RUNNABLE) {
    test.each(ALGORITHMS)(`${variant} %s`, (algorithm) => {
      expect(deviations(golden, build(), variant, algorithm)).toEqual([]);
    });
  }
});
