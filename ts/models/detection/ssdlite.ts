import type { Graph } from '../../graph/graph.js';
import { showShape } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import { conv2d, graph, input, named, relu6, sequential } from '../../ops/layers.js';
import type { Layer, Value } from '../../ops/layers.js';
import { checked } from '../classic.js';
import type { ModelOptions } from '../classic.js';
import { byIndex, convNorm, indexed } from '../classification/blocks.js';
import { mobileNetV3Features } from '../classification/mobilenet-v3.js';
import { boxRows } from './box-rows.js';

/** As torchvision's, for all norms. */
const NORM = { eps: 1e-3, momentum: 0.03 };
/** The layer of MobileNetV3 in which the first map ends: behind its expansion. */
const C4 = 13;
/** Channels of the maps behind the backbone, each half as large as the one before. */
const EXTRA = [512, 256, 256, 128] as const;
/** Default boxes of each place: two squares, and two ratios both ways. */
const ANCHORS = 6;

/** Down to half the size: 1x1 to half the channels, 3x3 by each channel, 1x1. */
function extraBlock(from: number, to: number): Layer {
  const [half, how] = [Math.floor(to / 2), { norm: NORM, activation: relu6 }];
  return indexed([convNorm(from, half, 1, how), convNorm(half, half, 3, { ...how, stride: 2, groups: half }), convNorm(half, to, 1, how)]);
}

/** 3x3 by each channel, then 1x1. */
const predictor = (from: number, to: number): Layer =>
  indexed([convNorm(from, from, 3, { norm: NORM, activation: relu6, groups: from }), conv2d(from, to, 1)]);

/** The six maps, as the modules `backbone.features` and `backbone.extra`, with their numbers of channels. */
function mapsOf(images: Value): { readonly maps: readonly Value[]; readonly channels: readonly number[] } {
  const { layers, blocks, channels } = mobileNetV3Features('large', { reducedTail: true }, NORM);
  const { parts: [expansion, ...rest], expanded } = blocks[C4 - 1]!;
  // The block is cut in two: its layers keep their numbers.
  const behind = sequential(Object.fromEntries(rest.map((layer, i) => [String(i + 1), layer])));
  const stages: readonly Layer[] = [indexed([...layers.slice(0, C4), expansion!]), indexed([behind, ...layers.slice(C4 + 1)])];
  const widths = [expanded, channels.at(-1)!, ...EXTRA];
  const extras = EXTRA.map((to, i) => extraBlock(widths[i + 1]!, to));
  const maps: Value[] = [];
  const run = (name: string, modules: readonly Layer[]): void => {
    for (const [index, layer] of Object.entries(byIndex(modules))) maps.push(named(name, sequential({ [index]: layer }))(maps.at(-1) ?? images));
  };
  run('backbone.features', stages);
  run('backbone.extra', extras);
  return { maps, channels: widths };
}

/** Numbers of each default box, in the order of maps, lines, columns and boxes of a place: [N, boxes, numbers]. */
const rowsOf = (name: string, maps: readonly Value[], channels: readonly number[], numbers: number): Value =>
  boxRows(maps.map((map, i) => named(name, sequential({ [String(i)]: predictor(channels[i]!, ANCHORS * numbers) }))(map)), numbers);

/**
 * SSDlite on a MobileNetV3-Large with a reduced tail (Howard et al. 2019, arXiv 1905.02244; Sandler et al. 2018, arXiv 1801.04381), as
 * torchvision's without its transform and what follows the heads: `input` [1, 3, 320, 320], from -1 to 1, to `cls_logits` [1, 3234, classes]
 * and `bbox_regression` [1, 3234, 4], offsets from default boxes. `detect` reads them under `ssdlite320Task` of `receptive/vision`.
 * 91 classes unless given, the background included. All sizes of the input must be known.
 * @throws as `lenet5`
 */
export function ssdlite320_mobilenet_v3_large(options: ModelOptions = {}): Graph {
  const what = 'ssdlite320_mobilenet_v3_large';
  const { classes = 91, input: shape = [1, 3, 320, 320] } = checked(what, options);
  const images = input(shape);
  if (images.shape.includes(null)) wrong(`${what}: input`, 'a shape without open dimensions', showShape(images.shape));
  const { maps, channels } = mapsOf(images);
  return graph({ input: images }, {
    cls_logits: rowsOf('head.classification_head.module_list', maps, channels, classes),
    bbox_regression: rowsOf('head.regression_head.module_list', maps, channels, 4),
  });
}
