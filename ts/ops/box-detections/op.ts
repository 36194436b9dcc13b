import { ShapeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { showShape } from '../../base/show.js';
import * as steps from '../../contract/steps.js';
import { defineOp } from '../../graph/op.js';
import { mapOf, whole } from '../common.js';
import { MAPS } from '../layout.js';
import { boxRules, checkRules } from '../proposals/op.js';
import type { BoxRulesAttrs } from '../proposals/op.js';
import { regionsOf } from '../roi-align/op.js';

export type BoxDetectionsAttrs = BoxRulesAttrs & {
  /** Boxes of an image, at most. */
  readonly most: number;
};

/**
 * Boxes of classes in regions: the images, rois [R, 5], logits [R, K] and offsets [R, 4 K] to boxes [N, most, 4], scores [N, most], labels
 * [N, most] and how many each image has, [N]. Of the images only number and size count.
 */
export const boxDetectionsOp = defineOp<BoxDetectionsAttrs>('BoxDetections', (attrs) => {
  checkRules(attrs);
  const most = whole('boxes', attrs.most, 1);
  return {
    infer(inputs) {
      const [, rois, logits = [], offsets = []] = inputs;
      const [n = null] = mapOf(inputs);
      regionsOf(rois);
      const [, classes = null] = logits;
      if (logits.length !== 2 || offsets.length !== 2 || (classes !== null && offsets[1] !== 4 * classes)) {
        const got = `${showShape(logits)} and ${showShape(offsets)}`;
        wrong(undefined, 'logits [R, K] and offsets [R, 4 K]', got, { as: ShapeError });
      }
      return [[n, most, 4], [n, most], [n, most], [n]];
    },
    // Regions name their image.
    acrossImages: () => true,
    layouts: MAPS,
    emit(context) {
      const image = context.inputShape(0);
      const [rois, logits, offsets] = [context.input(1), context.input(2), context.input(3)];
      const [boxes, scores, labels, counts] = [0, 1, 2, 3].map((output) => context.output(output).id) as [number, number, number, number];
      const [rows = 0, classes = 0] = logits.shape;
      context.step(steps.boxDetections({
        rois: rois.id, logits: logits.id, offsets: offsets.id, boxes, scores, labels, counts, n: image[0] ?? 0, rows, classes, most,
        rules: boxRules(attrs, image),
      }));
    },
  };
});
