import * as inference from '../../contract/steps.js';
import type { TrainRule } from '../../graph/rule.js';
import { pixelShuffleOp, shuffleSizes } from './op.js';
import type { PixelShuffleAttrs } from './op.js';

/** Each element's gradient goes back to where the element came from. */
export const pixelShuffleRule: TrainRule<PixelShuffleAttrs> = {
  op: pixelShuffleOp,
  backward(attrs, context, dy) {
    const x = context.input(0);
    const back = { ...shuffleSizes(attrs, x.shape), inverse: !attrs.inverse };
    context.gradient(x, (dx) => context.step(inference.pixelShuffle({ x: dy.id, y: dx.id, ...back })));
  },
};
