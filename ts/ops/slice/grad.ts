import * as inference from '../../contract/steps.js';
import type { TrainRule } from '../../graph/rule.js';
import { resolveAxis } from '../common.js';
import { physicalAxis, physicalShape } from '../layout.js';
import { sliceOp } from './op.js';
import type { SliceAttrs } from './op.js';

/** The gradient of a range, with zeros around it. */
export const sliceRule: TrainRule<SliceAttrs> = {
  op: sliceOp,
  backward({ dim, start, length }, context, dy) {
    const x = context.input(0);
    const axis = physicalAxis(resolveAxis(dim, x.shape.length), x.layout);
    const dims = physicalShape(dy);
    const around = (amount: number): number[] => dims.map((_, i) => (i === axis ? amount : 0));
    const after = (physicalShape(x)[axis] ?? 0) - start - length;
    context.gradient(x, (dx) =>
      context.step(inference.pad({ x: dy.id, y: dx.id, mode: 'constant', value: 0, dims, before: around(start), after: around(after) })));
  },
};
