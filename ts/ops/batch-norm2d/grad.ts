import * as steps from '../../contract/train/steps.js';
import { count } from '../../graph/op.js';
import type { Placed } from '../../graph/op.js';
import type { TrainRule } from '../../graph/rule.js';
import { batchNorm2dOp } from './op.js';
import type { BatchNorm2dAttrs } from './op.js';

const [ZERO, ONE] = [{ kind: 'constant', value: 0 }, { kind: 'constant', value: 1 }] as const;

/**
 * BatchNorm by the statistics of the batch while it is trained, by the running ones otherwise (Ioffe and Szegedy 2015, arXiv
 * 1502.03167). Running statistics take in the batch's once the run has turned out to be finite.
 */
export const batchNorm2dRule: TrainRule<BatchNorm2dAttrs> = {
  op: batchNorm2dOp,
  init: () => ({ weight: ONE, bias: ZERO, running_mean: ZERO, running_var: ONE }),
  forward({ channels, eps, momentum = 0.1 }, context) {
    const [x, y] = [context.input(0), context.output()];
    const of = { x: x.id, y: y.id, weight: context.param('weight').id, bias: context.param('bias').id, ...sizes(x), eps };
    const [mean, variance] = [context.param('running_mean').id, context.param('running_var').id];
    if (!context.training) {
      context.step(steps.batchNormEval({ ...of, mean, variance }));
      return [];
    }
    const statistics = context.value([3, channels]);
    context.step(steps.batchNormTrain({ ...of, statistics: statistics.id }));
    const running = { statistics: statistics.id, mean, variance, momentum, count: count(x.shape) / channels, c: channels };
    context.later(steps.batchNormRunning(running));
    return [statistics];
  },
  backward({ channels, eps }, context, dy, [statistics]) {
    const x = context.input(0);
    const [weight, bias] = [context.param('weight'), context.param('bias')];
    const [dweight, dbias] = [context.value([channels]), context.value([channels])];
    // One step writes all: what is not wanted is read by nothing.
    const dx = context.value(x.shape, x.layout);
    const of = { x: x.id, dy: dy.id, weight: weight.id, dweight: dweight.id, dbias: dbias.id, dx: dx.id, ...sizes(x) };
    if (statistics) context.step(steps.batchNormTrainGrad({ ...of, statistics: statistics.id }));
    else context.step(steps.batchNormEvalGrad({ ...of, mean: context.param('running_mean').id, variance: context.param('running_var').id, eps }));
    context.pass(weight, dweight);
    context.pass(bias, dbias);
    context.pass(x, dx);
  },
};

function sizes({ shape }: Placed) {
  const [n = 0, c = 0, h = 0, w = 0] = shape;
  return { n, pixels: h * w, c };
}
