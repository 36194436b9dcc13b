import * as steps from '../../contract/steps.js';
import { ShapeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { showShape } from '../../base/show.js';
import { count, defineOp } from '../../graph/op.js';
import type { Op } from '../../graph/op.js';
import { finite, mapOfChannels, whole } from '../common.js';
import { affineParams } from '../group-norm/op.js';
import { MAPS, ROWS } from '../layout.js';

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
    // The last dimension of maps is their columns.
    ...(over === 'last' && { reach: 'unknown' as const }),
    infer(inputs) {
      const [input = []] = inputs;
      if (over === 'channels') return [mapOfChannels(inputs, features)];
      if (input.at(-1) === features) return [input];
      wrong(undefined, `${features} features`, showShape(input), { as: ShapeError });
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
