import * as steps from '../../contract/steps.js';
import { ShapeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { defineOp } from '../../graph/op.js';
import type { ActivationWords, Op } from '../../graph/op.js';
import { absorbActivation, finite, mapOfChannels, whole } from '../common.js';
import { MAPS } from '../layout.js';

/** Parameters of a normalisation: a factor and a summand for each channel. */
export function affineParams(channels: number) {
  return [
    { role: 'weight', shape: [channels] },
    { role: 'bias', shape: [channels] },
  ] as const;
}

export type GroupNormAttrs = {
  readonly channels: number;
  /** As many as channels: instance normalisation. */
  readonly groups: number;
  readonly eps: number;
  readonly activation?: ActivationWords;
};

/** Each group of channels of each image brought to mean 0 and variance 1 over all its pixels (Wu and He 2018). */
export const groupNormOp = defineOp<GroupNormAttrs>('GroupNorm', (attrs) => {
  const { channels, groups, eps } = attrs;
  whole('groups', groups, 1);
  whole('channels', channels, 1);
  finite('epsilon', eps);
  if (channels % groups !== 0) wrong(undefined, `channels that ${groups} groups divide`, String(channels), { as: ShapeError });
  return {
    params: affineParams(channels),
    reach: 'global',
    infer: (inputs) => [mapOfChannels(inputs, channels)],
    layouts: MAPS,
    emit(context) {
      const [x, y] = [context.input(0), context.output()];
      const [n = 0, , h = 0, w = 0] = x.shape;
      const [scale, shift] = [context.constant('weight'), context.constant('bias')];
      const sizes = { n, pixels: h * w, c: channels, groups, eps };
      context.step(steps.groupNorm({ x: x.id, y: y.id, scale, shift, ...sizes, activation: attrs.activation }));
    },
    absorb: (effect): Op | undefined => absorbActivation(groupNormOp, attrs, effect),
  };
});
