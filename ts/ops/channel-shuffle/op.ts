import { ShapeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import * as steps from '../../contract/steps.js';
import { defineOp } from '../../graph/op.js';
import { mapOf, whole } from '../common.js';
import { MAPS } from '../layout.js';

export type ChannelShuffleAttrs = { readonly groups: number };

/** Channels of `groups` groups dealt out in turn: channel g * (C / groups) + i goes to i * groups + g (Zhang et al. 2017, arXiv 1707.01083). */
export const channelShuffleOp = defineOp<ChannelShuffleAttrs>('ChannelShuffle', ({ groups }) => {
  whole('groups', groups, 1);
  return {
    probabilities: 'kept',
    infer(inputs) {
      const shape = mapOf(inputs);
      const channels = shape[1] ?? null;
      if (channels === null || channels % groups === 0) return [shape];
      wrong(undefined, `channels that ${groups} groups divide`, String(channels), { as: ShapeError });
    },
    layouts: MAPS,
    emit(context) {
      const [x, y] = [context.input(0), context.output()];
      const [n = 0, c = 0, h = 0, w = 0] = x.shape;
      context.step(steps.transpose({ x: x.id, y: y.id, outer: n * h * w, rows: groups, cols: c / groups }));
    },
  };
});
