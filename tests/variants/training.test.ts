/** The goldens of training where relaxed SIMD is switched on: Node 20 has it behind a flag. */
import { expect, test } from 'vitest';
import { TRAIN_VARIANTS } from '../support/train.js';
import '../train/golden-layers.test.js';
import '../train/golden-losses.test.js';
import '../train/golden-optimizers.test.js';
import '../train/golden-runs.test.js';

test('every variant is among them', () => {
  expect(TRAIN_VARIANTS).toEqual(['scalar', 'simd', 'relaxed']);
});
