import * as steps from '../../contract/steps.js';
import type { Outside, SampleMode } from '../../contract/words.js';
import { ShapeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { showShape } from '../../base/show.js';
import { defineOp } from '../../graph/op.js';
import { mapOf, whole } from '../common.js';
import { MAPS } from '../layout.js';

export type SampleAttrs = {
  /** Lines and columns of what comes out. */
  readonly size: readonly [number, number];
  readonly mode: SampleMode;
  readonly outside: Outside;
  readonly alignCorners: boolean;
};

/** Maps [N, C, H, W] at the places of a grid [N, OH * OW, 2], x before y, from -1 to 1 (Jaderberg et al. 2015, arXiv 1506.02025). */
export const sampleOp = defineOp<SampleAttrs>('Sample', ({ size: [oh, ow], ...rules }) => {
  [oh, ow].forEach((size) => whole('size', size, 1));
  return {
    reach: 'unknown',
    probabilities: 'kept',
    infer(inputs) {
      const [n = null, c = null] = mapOf(inputs);
      const grid = inputs[1] ?? [];
      const expected = [n, oh * ow, 2];
      if (grid.length !== 3 || !grid.every((dim, axis) => dim === null || expected[axis] === null || dim === expected[axis])) {
        wrong('grid', showShape(expected), showShape(grid), { as: ShapeError });
      }
      return [[n, c, oh, ow]];
    },
    layouts: MAPS,
    emit(context) {
      const [x, grid, y] = [context.input(0), context.input(1), context.output()];
      const [n = 1, c = 1, h = 1, w = 1] = x.shape;
      context.step(steps.sample({ x: x.id, grid: grid.id, y: y.id, n, h, w, c, pixels: oh * ow, ...rules }));
    },
  };
});
