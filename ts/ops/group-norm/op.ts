import { ShapeError } from '../../base/errors.js';
import * as steps from '../../contract/steps.js';
import { showShape } from '../../base/show.js';
import { count, defineOp } from '../../graph/op.js';
import type { ActivationWords, Op } from '../../graph/op.js';
import { absorbActivation, finite, mapOfChannels, whole } from '../common.js';
import { MAPS, ROWS } from '../layout.js';

/** Parameters of a normalisation: a factor and a summand for each channel. */
function affineParams(channels: number) {
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
  if (channels % groups !== 0) throw new ShapeError(`${channels} channels do not divide into ${groups} groups`);
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

export type LayerNormAttrs = {
  readonly features: number;
  readonly eps: number;
  /** Over the last dimension, or over the channels of each pixel of a map. */
  readonly over: 'last' | 'channels';
};

/** Each row brought to mean 0 and variance 1 (Ba et al. 2016). */
export const layerNormOp = defineOp<LayerNormAttrs>('LayerNorm', (attrs) => {
  const { features, eps, over } = attrs;
  whole('features', features, 1);
  finite('epsilon', eps);
  return {
    params: affineParams(features),
    infer(inputs) {
      const [input = []] = inputs;
      if (over === 'channels') return [mapOfChannels(inputs, features)];
      if (input.at(-1) === features) return [input];
      throw new ShapeError(`expected ${features} features, got ${showShape(input)}`, { expected: String(features), got: showShape(input) });
    },
    // Only maps have channels to be moved.
    channelsSecond: (): Op | undefined => (over === 'last' ? layerNormOp({ ...attrs, over: 'channels' }) : undefined),
    layouts: over === 'channels' ? MAPS : ROWS,
    emit(context) {
      const [x, y] = [context.input(0), context.output()];
      const [scale, shift] = [context.constant('weight'), context.constant('bias')];
      const sizes = { n: count(x.shape) / features, pixels: 1, c: features, groups: 1, eps };
      context.step(steps.groupNorm({ x: x.id, y: y.id, scale, shift, ...sizes }));
    },
  };
});
