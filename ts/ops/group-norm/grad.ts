import * as steps from '../../contract/train/steps.js';
import type { Placed } from '../../graph/op.js';
import type { Init, TrainContext, TrainRule } from '../../graph/rule.js';
import { groupNormOp } from './op.js';
import type { GroupNormAttrs } from './op.js';

export const affineInit = (): Readonly<Record<string, Init>> => ({ weight: { kind: 'constant', value: 1 }, bias: { kind: 'constant', value: 0 } });

export interface Sizes {
  readonly n: number;
  readonly pixels: number;
  readonly c: number;
  readonly groups: number;
  readonly eps: number;
}

export function groupNormForward(context: TrainContext, sizes: Sizes): readonly Placed[] {
  const [x, y] = [context.input(0), context.output()];
  const [scale, shift] = [context.param('weight').id, context.param('bias').id];
  context.step(steps.groupNormForward({ x: x.id, y: y.id, scale, shift, ...sizes }));
  return [];
}

export function groupNormBackward(context: TrainContext, dy: Placed, sizes: Sizes): void {
  const x = context.input(0);
  const [scale, shift] = [context.param('weight'), context.param('bias')];
  const [dscale, dshift] = [context.value([sizes.c]), context.value([sizes.c])];
  const dx = context.value(x.shape, x.layout);
  context.step(steps.groupNormGrad({ x: x.id, dy: dy.id, scale: scale.id, dscale: dscale.id, dshift: dshift.id, dx: dx.id, ...sizes }));
  context.pass(scale, dscale);
  context.pass(shift, dshift);
  context.pass(x, dx);
}

function groupSizes({ groups, eps }: GroupNormAttrs, context: TrainContext): Sizes {
  const [n = 0, c = 0, h = 0, w = 0] = context.input(0).shape;
  return { n, pixels: h * w, c, groups, eps };
}

/** Group normalisation (Wu and He 2018, arXiv 1803.08494), and instance normalisation with a group for each channel. */
export const groupNormRule: TrainRule<GroupNormAttrs> = {
  op: groupNormOp,
  init: affineInit,
  forward: (attrs, context) => groupNormForward(context, groupSizes(attrs, context)),
  backward: (attrs, context, dy) => groupNormBackward(context, dy, groupSizes(attrs, context)),
};
