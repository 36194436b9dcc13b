import type { TrainRule } from '../../graph/rule.js';
import * as inference from '../../contract/steps.js';
import { logicalStrides, NHWC_ORDER, physicalShape } from '../layout.js';
import { permuteOp } from './op.js';
import type { PermuteAttrs } from './op.js';

/** The gradient of each element goes back to where the element was. */
export const permuteRule: TrainRule<PermuteAttrs> = {
  op: permuteOp,
  backward({ dims }, context, dy) {
    const x = context.input(0);
    context.gradient(x, (dx) => {
      const own = logicalStrides(dy);
      const order = dx.layout === 'nhwc' ? NHWC_ORDER : dx.shape.map((_, axis) => axis);
      const forth = order.map((axis) => own[dims.indexOf(axis)] ?? 0);
      const len = dy.shape.reduce((a, b) => a * b, 1);
      context.step(inference.rearrange({ x: dy.id, y: dx.id, len, first: 0, dims: physicalShape(dx), forth, back: forth.map(() => 0) }));
    });
  },
};
