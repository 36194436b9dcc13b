import { optionNames } from '../../base/options.js';
import { showShape } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import type { Graph } from '../../graph/graph.js';
import { conv2d, graph, input, named, relu, sequential } from '../../ops/layers.js';
import type { Layer, Value } from '../../ops/layers.js';
import { checked } from '../classic.js';
import type { ModelOptions } from '../classic.js';
import { resnetStages } from '../resnet.js';
import { boxRows } from './box-rows.js';
import { fpnP6P7 } from './fpn.js';

/** What `retinanet_resnet50_fpn` takes. */
export interface RetinaNetOptions extends ModelOptions {
  /** Epsilon of the backbone's norms, which are frozen. Default 1e-5; torchvision's published weights (COCO_V1) want 0. */
  readonly normEps?: number | undefined;
}

const OPTIONS = optionNames<RetinaNetOptions>({ classes: true, input: true, normEps: true });

const CHANNELS = 256;
/** Anchors of each place: three sizes of three ratios. */
const ANCHORS = 9;
/** Convolutions of a head before the one that answers. */
const DEPTH = 4;

/** The same layers over every level: `conv.0` to `conv.3`, then the answer under its name. */
function head(name: string, answer: string, numbers: number, maps: readonly Value[]): Value {
  const block = (): Layer => sequential([conv2d(CHANNELS, CHANNELS, 3, { padding: 1 }), relu()]);
  const conv = sequential(Array.from({ length: DEPTH }, block));
  const layers = named(name, sequential({ conv, [answer]: conv2d(CHANNELS, ANCHORS * numbers, 3, { padding: 1 }) }));
  return boxRows(maps.map((map) => layers(map)), numbers);
}

/**
 * RetinaNet on a ResNet-50 with a feature pyramid (Lin et al. 2017, arXiv 1708.02002), as torchvision's without its transform and what follows
 * the heads: `input` [N, 3, H, W], normalised already, to `cls_logits` [N, anchors, classes] and `bbox_regression` [N, anchors, 4], offsets
 * from anchors. `detect` reads them under `retinanetTask` of `receptive/vision`. 91 classes unless given, the first of which is no object.
 * All sizes of the input must be known; [1, 3, 640, 640] unless given.
 * @throws ArgumentError for an option
 */
export function retinanet_resnet50_fpn(options: RetinaNetOptions = {}): Graph {
  const what = 'retinanet_resnet50_fpn';
  const { classes = 91, input: shape = [1, 3, 640, 640], normEps } = checked(what, options, OPTIONS);
  const images = input(shape);
  if (images.shape.includes(null)) wrong(`${what}: input`, 'a shape without open dimensions', showShape(images.shape));
  const maps = fpnP6P7('backbone.fpn', resnetStages(50, images, normEps).slice(1), CHANNELS);
  return graph({ input: images }, {
    cls_logits: head('head.classification_head', 'cls_logits', classes, maps),
    bbox_regression: head('head.regression_head', 'bbox_reg', 4, maps),
  });
}
