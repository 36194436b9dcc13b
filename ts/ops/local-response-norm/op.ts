import * as steps from '../../contract/steps.js';
import { count, defineOp } from '../../graph/op.js';
import { finite, mapOf, whole } from '../common.js';
import { MAPS } from '../layout.js';

export type LocalResponseNormAttrs = {
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;
};

/** Local response normalisation over channels (Krizhevsky et al. 2012), with PyTorch's alpha / size. */
export const localResponseNormOp = defineOp<LocalResponseNormAttrs>('LocalResponseNorm', ({ size, alpha, beta, k }) => {
  whole('size', size, 1);
  const factors = { alpha: finite('alpha', alpha), beta: finite('beta', beta), k: finite('k', k) };
  return {
    infer: (inputs) => [mapOf(inputs)],
    layouts: MAPS,
    emit(context) {
      const [x, y] = [context.input(0), context.output()];
      const channels = x.shape[1] ?? 1;
      context.step(steps.lrn({ x: x.id, y: y.id, rows: count(x.shape) / channels, c: channels, size, ...factors }));
    },
  };
});
