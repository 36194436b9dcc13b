import { describe, expect, test } from 'vitest';
import { readGolden } from './check.js';
import { ALGORITHMS, VARIANTS } from './choice.js';
import { threadedOf } from '../../ts/wasm/variant.js';
import { stages, twoStageDeviations } from './two-stage.js';
import type { TwoStageGolden } from './two-stage.js';

describe('every stage of Faster R-CNN agrees with PyTorch in float64', () => {
  const golden = readGolden('fasterrcnn_resnet50_fpn') as TwoStageGolden;
  for (const variant of VARIANTS) {
    for (const threads of threadedOf(variant) ? [1, 2] : [1]) {
      test.each(ALGORITHMS)(`${variant} %s, threads: ${threads}`, async (algorithm) => {
        expect(await twoStageDeviations(golden, stages(), { variant, algorithm, threads })).toEqual([]);
      });
    }
  }
});
