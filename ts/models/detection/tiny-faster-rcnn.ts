import { placing } from '../../base/errors.js';
import { checkOptions, optionNames } from '../../base/options.js';
import { wrong } from '../../base/wrong.js';
import type { Graph } from '../../graph/graph.js';
import { whole } from '../../ops/common.js';
import { cat, graph, input, roiAlign, sequential, upsample } from '../../ops/layers.js';
import type { Value } from '../../ops/layers.js';
import { block, residual } from './blocks.js';
import { detectParts } from './faster-rcnn.js';
import type { TwoStage } from './faster-rcnn.js';
import { learnTwoStage } from './learn.js';
import { roiHead } from './roi-heads.js';
import { rpnHead } from './rpn.js';

/** What `tinyFasterRcnn` takes. */
export interface TinyFasterRcnnOptions {
  /** Classes that are told apart, without the background. Default 10. */
  readonly classes?: number | undefined;
  /** Channels of the image, from 1 on. Default 1. */
  readonly inChannels?: number | undefined;
  /** Pixels of a side of the image, a multiple of 16. Default 128. */
  readonly size?: number | undefined;
  /** Whether the graph finds boxes, as a detector does. Default true; a trainer takes the graph that does not. */
  readonly decoded?: boolean | undefined;
  /** Without `decoded`: true boxes of an image, at most. Default 16. */
  readonly objects?: number | undefined;
}

const OPTIONS = optionNames<TinyFasterRcnnOptions>({ classes: true, inChannels: true, size: true, decoded: 'boolean', objects: true });

type Checked = { readonly [Name in keyof TinyFasterRcnnOptions]-?: Exclude<TinyFasterRcnnOptions[Name], undefined> };

function checked(options: TinyFasterRcnnOptions): Checked {
  checkOptions('tinyFasterRcnn', options, OPTIONS);
  const { classes = 10, inChannels = 1, size = 128, decoded = true, objects = 16 } = options;
  placing('tinyFasterRcnn', () => {
    whole('classes', classes, 1);
    whole('inChannels', inChannels, 1);
    whole('size', size, 16);
    whole('objects', objects, 1);
  });
  if (size % 16 !== 0) wrong('tinyFasterRcnn: size', 'a multiple of 16', String(size));
  return { classes, inChannels, size, decoded, objects };
}

/** Channels of the maps of stride 2, 4, 8 and 16, of the map of stride 8 that regions are proposed from, and of that of stride 4 that they are read from. */
const [C2, C4, C8, C16, NECK, FINE] = [16, 24, 48, 48, 48, 32] as const;

/** Bins along each side of a region, and features of the second stage's layers. */
const [BINS, HIDDEN] = [6, 64] as const;

/** Around each place of stride 8: objects of an eighth to two fifths of an image of 128 pixels. */
const ANCHORS = { sizes: [[12, 17, 24, 34]], ratios: [[1, 2]] } as const;

const [PROPOSALS, LEARNED] = [{ preNmsTopN: 200, postNmsTopN: 50 }, { samplesPerImage: 32, positiveFraction: 0.5 }] as const;

function features(x: Value, inChannels: number): { readonly coarse: Value; readonly fine: Value } {
  const y4 = sequential([block(inChannels, C2, 3, 2), block(C2, C4, 3, 2), residual(C4)], { name: 'backbone4' })(x);
  const y8 = sequential([block(C4, C8, 3, 2), residual(C8)], { name: 'backbone8' })(y4);
  const y16 = sequential([block(C8, C16, 3, 2)], { name: 'backbone16' })(y8);
  const up = upsample({ scaleFactor: 2 });
  const coarse = sequential([block(C8 + C16, NECK, 1)], { name: 'coarse' })(cat([y8, up(y16)]));
  const fine = sequential([block(C4 + NECK, FINE, 1), block(FINE, FINE, 3)], { name: 'fine' })(cat([y4, up(coarse)]));
  return { coarse, fine };
}

function partsOf(images: Value, { classes, inChannels }: Checked): TwoStage {
  const { coarse, fine } = features(images, inChannels);
  const perPlace = ANCHORS.sizes[0].length * ANCHORS.ratios[0].length;
  return {
    maps: [coarse],
    heads: rpnHead('rpn.head', NECK, perPlace)([coarse]),
    anchors: ANCHORS,
    classes: classes + 1,
    pool: (rois) => roiAlign(fine, rois, { size: BINS, scale: 1 / 4, samplingRatio: 2 }),
    head: roiHead('roi_heads', { inFeatures: FINE * BINS * BINS, hidden: HIDDEN, classes: classes + 1 }),
  };
}

/**
 * A detector of two stages for small images, 182 thousand parameters for 10 classes, which is trained here from nothing (Ren et al. 2015,
 * arXiv 1506.01497): regions are proposed on a map of stride 8, and read by RoIAlign (He et al. 2017, arXiv 1703.06870) from one of stride
 * 4, to which the coarse maps come back (Lin et al. 2016, arXiv 1612.03144). `input` [N, inChannels, size, size] to what torchvision's
 * detectors give: `boxes` [N, 100, 4], left, top, right, bottom in pixels, `scores` [N, 100], `labels` [N, 100], from 1 on since the
 * background is 0, and `count` [N], how many of them each image has.
 *
 * With `decoded: false` there is a second input, `truths` [N, objects, 5], which `rcnnTruths` of `receptive/train` makes; the outputs are
 * what the losses of `rcnnLosses` judge. Parameters are the same.
 * @throws ArgumentError for an option
 */
export function tinyFasterRcnn(options: TinyFasterRcnnOptions = {}): Graph {
  const given = checked(options);
  const { inChannels, size, decoded, objects } = given;
  const images = input([null, inChannels, size, size]);
  const parts = partsOf(images, given);
  if (decoded) return graph({ input: images }, { ...detectParts(images, parts, { proposals: PROPOSALS, detections: { scoreThreshold: 0.01 } }) });
  const truths = input([null, objects, 5]);
  const learned = learnTwoStage(images, truths, parts, { proposals: PROPOSALS, anchors: { samplesPerImage: 64 }, regions: LEARNED });
  return graph({ input: images, truths }, learned);
}
