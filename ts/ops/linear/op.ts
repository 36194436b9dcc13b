import { ShapeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import * as steps from '../../contract/steps.js';
import { count, defineOp } from '../../graph/op.js';
import type { ActivationWords, Op } from '../../graph/op.js';
import { absorbActivation, whole } from '../common.js';
import { biasParam } from '../conv2d/op.js';
import { ROWS } from '../layout.js';

export type LinearAttrs = {
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly bias: boolean;
  readonly activation?: ActivationWords;
};

/** Fully connected layer over the last dimension: x [..., in], weight [out, in], bias [out] to y [..., out]. */
export const linearOp = defineOp<LinearAttrs>('Linear', (attrs) => {
  const { inFeatures, outFeatures } = attrs;
  whole('input features', inFeatures, 1);
  whole('output features', outFeatures, 1);
  return {
    params: [{ role: 'weight', shape: [outFeatures, inFeatures] }, ...biasParam({ ...attrs, outChannels: outFeatures })],
    reach: 'global',
    weighs: 'last',
    infer([input = []]) {
      const got = input.at(-1) ?? null;
      if (input.length > 0 && (got === null || got === inFeatures)) return [[...input.slice(0, -1), outFeatures]];
      wrong(undefined, `${inFeatures} input features`, `${got ?? 'none'}`, { as: ShapeError });
    },
    macs: (_, [output]) => count(output) * inFeatures,
    layouts: ROWS,
    emit(context) {
      const [x, y] = [context.input(0), context.output()];
      const filter = context.filter({ role: 'weight', kind: 'linear', dims: [outFeatures, inFeatures, 1, 1], groups: 1 });
      const sizes = { rows: count(x.shape) / inFeatures, featuresIn: inFeatures, featuresOut: outFeatures };
      context.step(steps.linear({ x: x.id, y: y.id, filter, bias: context.bias(outFeatures), ...sizes, activation: attrs.activation }));
    },
    absorb: (effect): Op | undefined => absorbActivation(linearOp, attrs, effect),
  };
});
