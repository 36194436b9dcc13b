import { expectObject } from '../../base/given.js';
import { checkName } from '../../layers/layer.js';
import { whole } from '../../ops/common.js';
import { flatten, linear, named, relu, sequential } from '../../ops/layers.js';
import type { RegionHead, Value } from '../../ops/layers.js';

/** The second stage's layers behind RoIAlign. */
export interface RoiHead {
  /** Features of regions: [R, C, H, W] to [R, hidden]. */
  readonly features: (pooled: Value) => Value;
  /** Classes and boxes: [R, hidden] to [R, classes] and [R, 4 classes]. */
  readonly predict: (features: Value) => RegionHead;
}

/** Sizes of the second stage's layers. */
export interface RoiHeadSizes {
  /** Features of a region as it comes from RoIAlign: channels times bins. */
  readonly inFeatures: number;
  /** Features of the two layers between. */
  readonly hidden: number;
  /** Classes, the background included. */
  readonly classes: number;
}

/**
 * Two fully connected layers with ReLU, then classes and boxes, as torchvision's `TwoMLPHead` and `FastRCNNPredictor` (Girshick 2015, arXiv
 * 1504.08083). Parameters:
 * `box_head.fc6`, `box_head.fc7`, `box_predictor.cls_score`, `box_predictor.bbox_pred`.
 * @param name - module path
 * @throws ArgumentError for a name or sizes that are none
 */
export function roiHead(name: string, sizes: RoiHeadSizes): RoiHead {
  checkName('roiHead', name);
  expectObject('roiHead', 'an object of inFeatures, hidden and classes', sizes);
  const { inFeatures, hidden, classes } = sizes;
  for (const [what, value] of Object.entries({ inFeatures, hidden, classes })) whole(`roiHead: ${what}`, value, 1);
  const boxHead = sequential({ flatten: flatten(), fc6: linear(inFeatures, hidden), relu6: relu(), fc7: linear(hidden, hidden), relu7: relu() });
  const [logits, deltas] = [sequential({ cls_score: linear(hidden, classes) }), sequential({ bbox_pred: linear(hidden, 4 * classes) })];
  const predictor = `${name}.box_predictor`;
  return {
    features: named(`${name}.box_head`, boxHead),
    predict: (features) => ({ logits: named(predictor, logits)(features), deltas: named(predictor, deltas)(features) }),
  };
}
