import { OPCODES } from '../../program/opcodes.js';
import { count, defineOp } from '../../graph/op.js';
import type { ActivationWords, Op, ParamSpec } from '../../graph/op.js';
import { absorbActivation, activationWords, finite, mapOf, mapOfChannels, NO_ACTIVATION, whole } from '../common.js';
import { MAPS } from '../layout.js';

/** The roles of a BatchNorm's parameters. */
export const NORM_ROLES = ['weight', 'bias', 'running_mean', 'running_var'] as const;

/** Parameters of a folded BatchNorm, or none. */
export function normParams(eps: number | undefined, channels: number): ParamSpec[] {
  return eps === undefined ? [] : NORM_ROLES.map((role) => ({ role: `norm.${role}`, shape: [channels] }));
}

export type BatchNorm2dAttrs = { readonly channels: number; readonly eps: number; readonly activation?: ActivationWords };

/** BatchNorm with running statistics: y = (x - mean) / sqrt(var + eps) * weight + bias (Ioffe and Szegedy 2015). */
export const batchNorm2dOp = defineOp<BatchNorm2dAttrs>('BatchNorm2d', (attrs) => {
  const { channels, eps } = attrs;
  whole('channels', channels, 1);
  finite('eps', eps);
  return {
    params: NORM_ROLES.map((role) => ({ role, shape: [channels] })),
    infer: (inputs) => [mapOfChannels(inputs, channels)],
    layouts: MAPS,
    emit(context) {
      const [x, y] = [context.input(0), context.output()];
      const { scale, shift } = context.affine(eps);
      const words = [x.id, y.id, scale, shift, count(x.shape) / channels, channels];
      context.step(OPCODES.affine, [...words, ...activationWords(attrs.activation ?? NO_ACTIVATION)]);
    },
    ...(attrs.activation === undefined && { effect: { kind: 'norm', eps } }),
    absorb: (effect): Op | undefined => absorbActivation(batchNorm2dOp, attrs, effect),
  };
});

export type LocalResponseNormAttrs = {
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;
};

/** Local response normalisation over channels (Krizhevsky et al. 2012), with PyTorch's alpha / size. */
export const localResponseNormOp = defineOp<LocalResponseNormAttrs>('LocalResponseNorm', ({ size, alpha, beta, k }) => {
  whole('size', size, 1);
  const factors = [finite('alpha', alpha), finite('beta', beta), finite('k', k)].map((float) => ({ float }));
  return {
    infer: (inputs) => [mapOf(inputs)],
    layouts: MAPS,
    emit(context) {
      const [x, y] = [context.input(0), context.output()];
      const channels = x.shape[1] ?? 1;
      context.step(OPCODES.lrn, [x.id, y.id, count(x.shape) / channels, channels, size, ...factors]);
    },
  };
});
