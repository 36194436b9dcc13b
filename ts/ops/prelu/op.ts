import { ShapeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import * as steps from '../../contract/steps.js';
import { count, defineOp } from '../../graph/op.js';
import { whole } from '../common.js';
import { ALIKE, MAPS } from '../layout.js';

export type PreluAttrs = { readonly slopes: number };

/** Leaky ReLU with learnt slopes, one for all or one for each channel (He et al. 2015, arXiv 1502.01852). */
export const preluOp = defineOp<PreluAttrs>('PReLU', ({ slopes }) => {
  whole('slopes', slopes, 1);
  return {
    params: [{ role: 'weight', shape: [slopes] }],
    infer([input = []]) {
      const channels = input[1] ?? null;
      if (slopes === 1 || channels === null || channels === slopes) return [input];
      wrong(undefined, `${slopes} channels`, String(channels), { as: ShapeError });
    },
    layouts: slopes === 1 ? ALIKE : MAPS,
    emit(context) {
      const [x, y] = [context.input(0), context.output()];
      // Channels are last in a map; of other shapes only [N, C] has them last as well.
      const channels = (x.shape.length === 4 ? x.shape[1] : x.shape.at(-1)) ?? 1;
      const sizes = { rows: count(x.shape) / channels, c: channels, slopes };
      context.step(steps.prelu({ x: x.id, y: y.id, slope: context.constant('weight'), ...sizes }));
    },
  };
});
