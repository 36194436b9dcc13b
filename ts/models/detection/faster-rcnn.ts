import { placing } from '../../base/errors.js';
import { expectFunction, expectList, expectObject } from '../../base/given.js';
import { checkOptions, optionNames } from '../../base/options.js';
import { showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import type { Graph } from '../../graph/graph.js';
import { checkValue } from '../../layers/value.js';
import { checkAnchors } from '../../ops/anchor-boxes.js';
import { whole } from '../../ops/common.js';
import { boxDetections, graph, input, multiScaleRoiAlign, proposals } from '../../ops/layers.js';
import type { BoxDetectionOptions, DetectionValues, LevelHead, ProposalOptions, Value } from '../../ops/layers.js';
import { checked, IMAGES } from '../classic.js';
import type { ModelOptions } from '../classic.js';
import { resnetStages } from '../resnet.js';
import { pyramidAnchors } from './anchors.js';
import type { AnchorSpec } from './anchors.js';
import { fpn } from './fpn.js';
import { roiHead } from './roi-heads.js';
import type { RoiHead } from './roi-heads.js';
import { rpnHead } from './rpn.js';

/** What `fasterrcnn_resnet50_fpn` takes. */
export interface FasterRcnnModelOptions extends ModelOptions {
  /** Which regions are proposed. */
  readonly proposals?: ProposalOptions | undefined;
  /** Which boxes are found. */
  readonly detections?: BoxDetectionOptions | undefined;
  /** Epsilon of the backbone's norms, which are frozen. Default 1e-5; torchvision's published weights (COCO_V1) want 0. */
  readonly normEps?: number | undefined;
}

/** A network of two stages, whose maps are given by a function. */
export interface TwoStageOptions {
  /** Maps of the images, [N, C, H, W], each half as large as the one before, all of as many channels. */
  readonly backbone: (images: Value) => readonly Value[];
  /** How many of the maps regions are read from, from the first on. Default: all. */
  readonly roiLevels?: number | undefined;
  /** Pixels of the images for an element of the first map. Default 4. */
  readonly stride?: number | undefined;
  /** Boxes around each element of the maps. Default: Faster R-CNN's, for five maps. */
  readonly anchors?: AnchorSpec | undefined;
  /** Classes, the background included as the first. Default 91. */
  readonly classes?: number | undefined;
  /** Features of the two fully connected layers. Default 1024. */
  readonly hidden?: number | undefined;
  /** Bins along each side of a region. Default 7. */
  readonly bins?: number | undefined;
  /** Side of a square region that is read from the level of `stride` 16, in pixels. Default 224. */
  readonly canonicalSize?: number | undefined;
  /** Which regions are proposed. */
  readonly proposals?: ProposalOptions | undefined;
  /** Which boxes are found. */
  readonly detections?: BoxDetectionOptions | undefined;
}

const TWO_STAGE = optionNames<TwoStageOptions>({
  backbone: true, roiLevels: true, stride: true, anchors: true, classes: true, hidden: true, bins: true, canonicalSize: true, proposals: true, detections: true,
});

/** The parts of a network of two stages, for other graphs of the same parameters: to train it, or to look into it. */
export interface TwoStage {
  /** Maps of the images, [N, C, H, W]. */
  readonly maps: readonly Value[];
  /** What the first stage says of each level. */
  readonly heads: readonly LevelHead[];
  /** The anchors that its offsets start from. */
  readonly anchors: AnchorSpec;
  /** Classes of the second stage, the background included as the first. */
  readonly classes: number;
  /** What the maps hold inside of regions [R, 5]: [R, C, bins, bins]. */
  readonly pool: (rois: Value) => Value;
  /** The second stage's layers. */
  readonly head: RoiHead;
}

/** Gives values names by which `withOutputs` finds them. */
function known(value: Value, name: string): Value {
  if (!value.modules.includes(name)) value.modules.push(name);
  return value;
}

/**
 * The parts of Faster R-CNN over images (Ren et al. 2015, arXiv 1506.01497), without what depends on data. Parameters are those of
 * torchvision: `rpn.head.*`, `roi_heads.*`.
 * @throws ArgumentError for options that have no meaning, or anchors of another number of levels than maps; GraphError for what is no value;
 *   ShapeError for maps that do not fit each other
 */
export function twoStage(images: Value, options: TwoStageOptions): TwoStage {
  expectObject('twoStage', 'an object of options with a backbone', options);
  checkOptions('twoStage', options, TWO_STAGE);
  checkAnchors(options.anchors ?? pyramidAnchors());
  expectFunction('twoStage: backbone', 'a function from images to maps', options.backbone);
  const { backbone, stride = 4, anchors = pyramidAnchors(), classes = 91, hidden = 1024, bins = 7, canonicalSize = 224 } = options;
  for (const [what, value] of [['stride', stride], ['classes', classes], ['hidden', hidden], ['bins', bins]] as const) placing('twoStage', () => whole(what, value, 1));
  const maps = backbone(checkValue('twoStage', images));
  expectList('twoStage: backbone', 'a list of maps', maps);
  if (maps.length !== anchors.sizes.length) wrong('twoStage: anchors', `those of ${maps.length} maps`, `those of ${anchors.sizes.length}`);
  const channels = maps[0]?.shape[1] ?? wrong('twoStage: backbone', 'maps with a number of channels', 'none');
  const perPlace = (anchors.sizes[0]?.length ?? 0) * (anchors.ratios[0]?.length ?? 0);
  const heads = rpnHead('rpn.head', channels, perPlace)(maps);
  heads.forEach(({ objectness, deltas }, level) => {
    known(objectness, `rpn.objectness.${level}`);
    known(deltas, `rpn.deltas.${level}`);
  });
  const read = maps.slice(0, options.roiLevels ?? maps.length);
  const scales = read.map((_, level) => 1 / (stride * 2 ** level));
  const pool = (rois: Value): Value => known(multiScaleRoiAlign(read, rois, { size: bins, scales, samplingRatio: 2, canonicalSize }), 'roi_heads.box_roi_pool');
  return { maps, heads, anchors, classes, pool, head: roiHead('roi_heads', { inFeatures: channels * bins * bins, hidden, classes }) };
}

/**
 * Boxes of classes in images by two stages: regions are proposed, then classified and corrected.
 * @param images - [N, C, H, W]
 * @returns boxes in pixels, scores, labels and their number, as torchvision's; `count` rows of each image are its own
 */
export function detectTwoStage(images: Value, options: TwoStageOptions): DetectionValues {
  return detectParts(images, twoStage(images, options), options);
}

/** `detectTwoStage` of a network whose parts are there. */
export function detectParts(images: Value, { heads, anchors, pool, head }: TwoStage, options: Pick<TwoStageOptions, 'proposals' | 'detections'>): DetectionValues {
  const { rois } = proposals(images, heads, anchors, options.proposals);
  const found = head.predict(head.features(pool(known(rois, 'rpn.proposals'))));
  return boxDetections(images, rois, found, options.detections);
}

/**
 * A network of two stages as a graph from `input` [N, 3, H, W] to `boxes` [N, most, 4] (left, top, right, bottom in pixels), `scores`
 * [N, most] (0 to 1), `labels` [N, most] and `count` [N], how many rows each image has (Ren et al. 2015, arXiv 1506.01497).
 * @throws what `twoStage` throws
 */
export function fasterRcnn(options: TwoStageOptions & Pick<ModelOptions, 'input'>): Graph {
  expectObject('fasterRcnn', 'an object of options with a backbone', options);
  const { input: shape = IMAGES, ...rest } = options;
  const images = input(shape);
  return graph({ input: images }, { ...detectTwoStage(images, rest) });
}

/** How the maps of a ResNet become a pyramid. */
export interface ResnetFpnOptions {
  /** Channels of each level. Default 256. */
  readonly channels?: number | undefined;
  /** Epsilon of the norms. Default 1e-5. */
  readonly normEps?: number | undefined;
}

const RESNET_FPN = optionNames<ResnetFpnOptions>({ channels: true, normEps: true });

/** Depths there are. */
const RESNETS = { 18: true, 34: true, 50: true, 101: true, 152: true };

/**
 * The maps of a ResNet's four stages as a pyramid of five, as the modules `backbone.body` and `backbone.fpn` (Lin et al. 2016, arXiv
 * 1612.03144).
 * @param images - [N, 3, H, W]
 * @returns maps [N, channels, ...] of stride 4, 8, 16, 32 and 64
 * @throws ArgumentError for another depth or an option; GraphError for what is no value; ShapeError for what are no images
 */
export function resnetFpn(depth: 18 | 34 | 50 | 101 | 152, images: Value, options: ResnetFpnOptions = {}): readonly Value[] {
  checkOptions('resnetFpn', options, RESNET_FPN);
  if (typeof depth !== 'number' || !Object.hasOwn(RESNETS, depth)) wrong('resnetFpn', Object.keys(RESNETS).join(', '), showValue(depth));
  checkValue('resnetFpn', images);
  const { channels = 256, normEps = 1e-5 } = options;
  const maps = resnetStages(depth, images, normEps);
  const pyramid = fpn('backbone.fpn', maps, channels);
  pyramid.forEach((map, level) => known(map, level === maps.length ? 'fpn.pool' : `fpn.${level}`));
  return pyramid;
}

const MODEL = optionNames<FasterRcnnModelOptions>({ classes: true, input: true, proposals: true, detections: true, normEps: true });

/**
 * Faster R-CNN on a ResNet-50 with a feature pyramid (Ren et al. 2015, arXiv 1506.01497; Lin et al. 2016, arXiv 1612.03144), as
 * torchvision's without its transform: `input` [N, 3, H, W] is resized and normalised already, H and W multiples of 32. 91 classes unless
 * given, the background included. Outputs are those of `fasterRcnn`, at most 100 boxes an image unless given.
 * @throws as `lenet5`
 */
export function fasterrcnn_resnet50_fpn(options: FasterRcnnModelOptions = {}): Graph {
  const { classes = 91, input: shape, proposals: first, detections, normEps } = checked('fasterrcnn_resnet50_fpn', options, MODEL);
  return fasterRcnn({ backbone: (images) => resnetFpn(50, images, { normEps }), roiLevels: 4, classes, input: shape, proposals: first, detections });
}
