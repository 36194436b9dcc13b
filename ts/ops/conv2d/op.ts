import * as steps from '../../contract/steps.js';
import { outputSize } from '../../tensor/geometry.js';
import { count, defineOp } from '../../graph/op.js';
import type { ActivationWords, Effect, Op, Pads, ParamSpec } from '../../graph/op.js';
import { axesOf, mapOfChannels, whole, windowOver } from '../common.js';
import type { WindowAttrs } from '../common.js';
import { normParams } from '../batch-norm2d/op.js';
import { wrong } from '../../base/wrong.js';
import { MAPS } from '../layout.js';

export type Conv2dAttrs = WindowAttrs & {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly groups: number;
  readonly bias: boolean;
  readonly activation?: ActivationWords;
  readonly residual?: boolean;
  /** Epsilon of a BatchNorm that is folded in. */
  readonly norm?: number;
};

/**
 * 2-D convolution: x [N, C, H, W], weight [OC, C / groups, KH, KW], bias [OC] to y [N, OC, OH, OW]. Cross-correlation,
 * no flip. With `residual` a second input [N, OC, OH, OW] is added before the activation.
 */
export const conv2dOp = defineOp<Conv2dAttrs>('Conv2d', (attrs) => {
  const { inChannels, outChannels, groups, kernel } = attrs;
  checkChannels(inChannels, outChannels, groups);
  const [vertical, horizontal] = axesOf(attrs);
  outputSize(null, vertical);
  outputSize(null, horizontal);
  const dims = [outChannels, inChannels / groups, ...kernel] as const;
  const { activation, residual = false, norm } = attrs;
  return {
    params: [{ role: 'weight', shape: dims }, ...biasParam(attrs), ...normParams(norm, outChannels)],
    reach: attrs,
    ...(groups === 1 && kernel.every((side) => side === 1) && { weighs: 'second' as const }),
    infer(inputs) {
      const [n = null, , h = null, w = null] = mapOfChannels(inputs, inChannels);
      return [[n, outChannels, outputSize(h, vertical), outputSize(w, horizontal)]];
    },
    macs: (_, [output]) => (count(output) * inChannels * kernel[0] * kernel[1]) / groups,
    layouts: MAPS,
    emit(context) {
      const [x, y] = [context.input(0), context.outputChannels()];
      const added = residual ? context.input(1).id : undefined;
      const filter = context.filter({ role: 'weight', kind: 'conv', dims: [...dims], groups, window: attrs });
      context.step(steps.conv2d({
        x: x.id, y: y.id, residual: added, filter, bias: context.bias(outChannels), n: x.shape[0] ?? 0, window: windowOver(x.shape, attrs),
        oc: outChannels, groups, activation, part: y,
      }));
    },
    writesChannels: true,
    ...(norm !== undefined && { folded: { eps: norm } }),
    absorb: (effect) => absorbed(attrs, effect),
  };
});

/** Padding is zeros. The kernel normalises, then adds the residual, then applies the activation. */
function absorbed(attrs: Conv2dAttrs, effect: Effect): Op | undefined {
  if (effect.kind === 'pad') return effect.value === 0 ? conv2dOp({ ...attrs, pad: addPads(attrs.pad, effect.amounts) }) : undefined;
  if (attrs.activation !== undefined) return undefined;
  if (effect.kind === 'activation') return conv2dOp({ ...attrs, activation: effect.words });
  if (attrs.residual) return undefined;
  if (effect.kind === 'sum') return conv2dOp({ ...attrs, residual: true });
  return effect.kind === 'norm' && attrs.norm === undefined ? conv2dOp({ ...attrs, norm: effect.eps }) : undefined;
}

export function addPads(a: Pads, b: Pads): Pads {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]];
}

export function biasParam({ bias, outChannels }: { bias: boolean; outChannels: number }): ParamSpec[] {
  return bias ? [{ role: 'bias', shape: [outChannels] }] : [];
}

export function checkChannels(inChannels: number, outChannels: number, groups: number): void {
  whole('groups', groups, 1);
  for (const [what, channels] of [['input channels', inChannels], ['output channels', outChannels]] as const) {
    if (whole(what, channels, 1) % groups === 0) continue;
    wrong(undefined, `${what} that ${groups} groups divide`, String(channels));
  }
}
