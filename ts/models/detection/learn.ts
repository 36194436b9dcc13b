import { placing } from '../../base/errors.js';
import { checkOptions, optionNames } from '../../base/options.js';
import { wrong } from '../../base/wrong.js';
import { showShape } from '../../base/show.js';
import { applyAll, checkValue } from '../../layers/value.js';
import type { Value } from '../../layers/value.js';
import { anchorTargetsOp, LEVEL_VALUES } from '../../ops/anchor-targets/op.js';
import { proposals } from '../../ops/layers.js';
import type { ProposalOptions } from '../../ops/layers.js';
import { regionTargetsOp } from '../../ops/region-targets/op.js';
import type { TwoStage } from './faster-rcnn.js';

/** Which of many boxes are learned from. */
export interface SampleOptions {
  /** From this overlap (IoU, 0 to 1) with a true box on, a box has an object. Default 0.7 of anchors, 0.5 of regions. */
  readonly matchThreshold?: number | undefined;
  /** Below this overlap it is background; between the two it does not count. Default 0.3 of anchors, 0.5 of regions. */
  readonly backgroundThreshold?: number | undefined;
  /** Boxes of an image that are drawn, at most. Default 256 anchors, 512 regions. */
  readonly samplesPerImage?: number | undefined;
  /** The part of them that has an object, at most, 0 to 1. Default 0.5 of anchors, 0.25 of regions. */
  readonly positiveFraction?: number | undefined;
}

/** How a network of two stages learns; the defaults are torchvision's. */
export interface LearnOptions {
  /** Which regions are proposed. Default 2000 of each level, 2000 of an image. */
  readonly proposals?: ProposalOptions | undefined;
  /** Which anchors the first stage learns from. */
  readonly anchors?: SampleOptions | undefined;
  /** Which regions the second stage learns from. */
  readonly regions?: SampleOptions | undefined;
}

const LEARN = optionNames<LearnOptions>({ proposals: true, anchors: true, regions: true });
const SAMPLE = optionNames<SampleOptions>({ matchThreshold: true, backgroundThreshold: true, samplesPerImage: true, positiveFraction: true });

/** Proposals while it learns, as torchvision's. */
const LEARNING = { preNmsTopN: 2000, postNmsTopN: 2000 };

function sampling(place: string, options: SampleOptions, defaults: Required<SampleOptions>) {
  checkOptions(place, options, SAMPLE);
  const {
    matchThreshold: matchFrom = defaults.matchThreshold, backgroundThreshold: backgroundBelow = defaults.backgroundThreshold,
    samplesPerImage: samples = defaults.samplesPerImage, positiveFraction: positive = defaults.positiveFraction,
  } = options;
  return { matchFrom, backgroundBelow, samples, positive } as { readonly [name in 'matchFrom' | 'backgroundBelow' | 'samples' | 'positive']: number };
}

/**
 * What a network of two stages says, and what it should say, as the outputs that the losses of `rcnnLosses` judge (Ren et al. 2015,
 * arXiv 1506.01497; torchvision's `RegionProposalNetwork` and `RoIHeads`): anchors and regions are matched with true boxes, which are
 * appended to what is proposed, and drawn by the trainer's seed. No gradient goes through boxes that are proposed or drawn.
 * @param images - [N, C, H, W]
 * @param truths - rows left, top, right, bottom in pixels and class from 1 on, 0 for none: [N, T, 5]; `rcnnTruths` makes them
 * @throws ArgumentError for true boxes of another shape, or options that have no meaning; GraphError for what are no values; ShapeError for
 *   images that are no maps
 */
export function learnTwoStage(images: Value, truths: Value, parts: TwoStage, options: LearnOptions = {}): Readonly<Record<string, Value>> {
  checkOptions('learnTwoStage', options, LEARN);
  const { shape } = checkValue('learnTwoStage: truths', truths);
  if (shape.length !== 3 || shape[2] !== 5) wrong('learnTwoStage: truths', '[N, T, 5]', showShape(shape));
  const { anchors = {}, regions = {} } = options;
  const { rois } = proposals(images, parts.heads, parts.anchors, { ...LEARNING, ...options.proposals });
  return { ...firstStage(images, truths, parts, anchors), ...secondStage(rois, truths, parts, regions) };
}

function firstStage(images: Value, truths: Value, { heads, anchors }: TwoStage, options: SampleOptions): Record<string, Value> {
  const rule = sampling('learnTwoStage: anchors', options, { matchThreshold: 0.7, backgroundThreshold: 0.3, samplesPerImage: 256, positiveFraction: 0.5 });
  const op = placing('learnTwoStage: anchors', () => anchorTargetsOp({ sizes: anchors.sizes, ratios: anchors.ratios, ...rule, lowQuality: true, weights: [1, 1, 1, 1] }));
  const targets = applyAll(op, [images, truths, ...heads.map(({ objectness }) => objectness)], {});
  return Object.assign({}, ...heads.map(({ objectness, deltas }, level) => {
    const [labels, labelWeights, offsets, offsetWeights] = targets.slice(LEVEL_VALUES * level);
    return { [`objectness${level}`]: objectness, [`anchors${level}`]: deltas, ...under(`objectness${level}`, labels!, labelWeights!), ...under(`anchors${level}`, offsets!, offsetWeights!) };
  })) as Record<string, Value>;
}

function secondStage(proposed: Value, truths: Value, { pool, head, classes }: TwoStage, options: SampleOptions): Record<string, Value> {
  const rule = sampling('learnTwoStage: regions', options, { matchThreshold: 0.5, backgroundThreshold: 0.5, samplesPerImage: 512, positiveFraction: 0.25 });
  const op = placing('learnTwoStage: regions', () => regionTargetsOp({ ...rule, classes, lowQuality: false, weights: [10, 10, 5, 5] }));
  const [rois, labels, labelWeights, offsets, offsetWeights] = applyAll(op, [proposed, truths], {});
  const { logits, deltas } = head.predict(head.features(pool(rois!)));
  return { classes: logits, boxes: deltas, ...under('classes', labels!, labelWeights!), ...under('boxes', offsets!, offsetWeights!) };
}

/** The outputs that a loss of `output` compares with. */
const under = (output: string, target: Value, weights: Value): Record<string, Value> => ({ [`${output}.target`]: target, [`${output}.weights`]: weights });
