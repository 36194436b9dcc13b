import { UnsupportedError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import * as steps from '../../contract/train/steps.js';
import type { TrainRule } from '../../graph/rule.js';
import { roiAlignOp, roiForm } from './op.js';
import type { RoiAlignAttrs } from './op.js';

/** Each sample's gradient goes back to the elements that it was made of, by the same weights; regions get none, as in torchvision. */
export const roiAlignRule: TrainRule<RoiAlignAttrs> = {
  op: roiAlignOp,
  backward(attrs, context, dy) {
    if (attrs.mode === 'max') wrong(undefined, 'RoiAlign of averages', 'one of the largest samples, which cannot be trained', { as: UnsupportedError });
    const rois = context.input(0);
    attrs.scales.forEach((_, at) => {
      const x = context.input(at + 1);
      const [, , h = 0, w = 0] = x.shape;
      const form = roiForm(attrs, rois.shape, x.shape);
      const scales = attrs.scales.map((scale) => ({ scale }));
      context.gradient(x, (dx) => context.step(steps.roiAlignGrad({ rois: rois.id, dy: dy.id, dx: dx.id, form, h, w, at, scales })));
    });
  },
};
