import * as steps from '../../contract/steps.js';
import { transposedSize } from '../../tensor/geometry.js';
import { count, defineOp } from '../../graph/op.js';
import type { ActivationWords, Effect, Op } from '../../graph/op.js';
import { axesOf, mapOfChannels, windowOver } from '../common.js';
import type { WindowAttrs } from '../common.js';
import { biasParam, checkChannels } from '../conv2d/op.js';
import { normParams } from '../batch-norm2d/op.js';
import { MAPS } from '../layout.js';

export type ConvTranspose2dAttrs = WindowAttrs & {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly groups: number;
  readonly bias: boolean;
  readonly outputPadding: readonly [number, number];
  readonly activation?: ActivationWords;
  readonly norm?: number;
};

/** Transposed convolution: x [N, C, H, W], weight [C, OC / groups, KH, KW], bias [OC] to y [N, OC, OH, OW]. */
export const convTranspose2dOp = defineOp<ConvTranspose2dAttrs>('ConvTranspose2d', (attrs) => {
  const { inChannels, outChannels, groups, kernel, stride, dilation, outputPadding, norm } = attrs;
  checkChannels(inChannels, outChannels, groups);
  const [vertical, horizontal] = axesOf(attrs);
  transposedSize(null, vertical, outputPadding[0]);
  transposedSize(null, horizontal, outputPadding[1]);
  const dims = [inChannels, outChannels / groups, ...kernel] as const;
  return {
    params: [{ role: 'weight', shape: dims }, ...biasParam(attrs), ...normParams(norm, outChannels)],
    reach: { kernel, stride, dilation, pad: attrs.pad, up: true },
    infer(inputs) {
      const [n = null, , h = null, w = null] = mapOfChannels(inputs, inChannels);
      const size = [transposedSize(h, vertical, outputPadding[0]), transposedSize(w, horizontal, outputPadding[1])];
      return [[n, outChannels, ...size]];
    },
    macs: ([input]) => (count(input) * outChannels * kernel[0] * kernel[1]) / groups,
    layouts: MAPS,
    emit(context) {
      const [x, y] = [context.input(0), context.outputChannels()];
      const filter = context.filter({ role: 'weight', kind: 'convTranspose', dims: [...dims], groups });
      context.step(steps.convTranspose2d({
        x: x.id, y: y.id, filter, bias: context.bias(outChannels), n: x.shape[0] ?? 0, window: windowOver(x.shape, attrs), oc: outChannels, groups,
        outputPadding, activation: attrs.activation, part: y,
      }));
    },
    writesChannels: true,
    ...(norm !== undefined && { folded: { eps: norm } }),
    absorb: (effect) => absorbed(attrs, effect),
  };
});

function absorbed(attrs: ConvTranspose2dAttrs, effect: Effect): Op | undefined {
  if (attrs.activation !== undefined) return undefined;
  if (effect.kind === 'activation') return convTranspose2dOp({ ...attrs, activation: effect.words });
  return effect.kind === 'norm' && attrs.norm === undefined ? convTranspose2dOp({ ...attrs, norm: effect.eps }) : undefined;
}
