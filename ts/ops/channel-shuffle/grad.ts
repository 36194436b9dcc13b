import * as inference from '../../contract/steps.js';
import type { TrainRule } from '../../graph/rule.js';
import { channelShuffleOp } from './op.js';
import type { ChannelShuffleAttrs } from './op.js';

/** Each channel's gradient goes back to where the channel came from. */
export const channelShuffleRule: TrainRule<ChannelShuffleAttrs> = {
  op: channelShuffleOp,
  backward({ groups }, context, dy) {
    const x = context.input(0);
    const [n = 0, c = 0, h = 0, w = 0] = x.shape;
    context.gradient(x, (dx) => context.step(inference.transpose({ x: dy.id, y: dx.id, outer: n * h * w, rows: c / groups, cols: groups })));
  },
};
