import * as steps from '../../contract/steps.js';
import { count, defineOp } from '../../graph/op.js';
import type { ActivationWords, Op, ParamSpec } from '../../graph/op.js';
import { absorbActivation, finite, mapOfChannels, whole } from '../common.js';
import { MAPS } from '../layout.js';

/** The roles of a BatchNorm's parameters. */
export const NORM_ROLES = ['weight', 'bias', 'running_mean', 'running_var'] as const;

/** Parameters of a folded BatchNorm, or none. */
export function normParams(eps: number | undefined, channels: number): ParamSpec[] {
  return eps === undefined ? [] : NORM_ROLES.map((role) => ({ role: `norm.${role}`, shape: [channels] }));
}

export type BatchNorm2dAttrs = {
  readonly channels: number;
  readonly eps: number;
  /** Weight of a new batch in the running statistics while it is trained; 0.1 where it is not said. */
  readonly momentum?: number;
  readonly activation?: ActivationWords;
};

/** BatchNorm with running statistics: y = (x - mean) / sqrt(var + eps) * weight + bias (Ioffe and Szegedy 2015). */
export const batchNorm2dOp = defineOp<BatchNorm2dAttrs>('BatchNorm2d', (attrs) => {
  const { channels, eps } = attrs;
  whole('channels', channels, 1);
  finite('eps', eps);
  if (attrs.momentum !== undefined) finite('momentum', attrs.momentum);
  return {
    params: NORM_ROLES.map((role) => ({ role, shape: [channels] })),
    infer: (inputs) => [mapOfChannels(inputs, channels)],
    layouts: MAPS,
    emit(context) {
      const [x, y] = [context.input(0), context.output()];
      const sizes = { rows: count(x.shape) / channels, c: channels };
      context.step(steps.affine({ x: x.id, y: y.id, ...context.affine(eps), ...sizes, activation: attrs.activation }));
    },
    ...(attrs.activation === undefined && { effect: { kind: 'norm', eps } }),
    absorb: (effect): Op | undefined => absorbActivation(batchNorm2dOp, attrs, effect),
  };
});
