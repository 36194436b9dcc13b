import type { Graph } from '../../graph/graph.js';
import {
  adaptiveAvgPool2d, add, channelsLast, channelsSecond, conv2d, flatten, gelu, layerNorm, layerNorm2d, layerScale, linear, named, stochasticDepth,
} from '../../ops/layers.js';
import type { Layer } from '../../ops/layers.js';
import { placing } from '../../base/errors.js';
import { optionNames } from '../../base/options.js';
import { finite } from '../../ops/common.js';
import { chain, checked, IMAGES } from '../classic.js';
import type { ModelOptions } from '../classic.js';
import { indexed, probability } from './blocks.js';

/** What `convnext_tiny` takes. */
export interface ConvNeXtOptions extends ModelOptions {
  /** What the factors of the channels of a block begin with in training. Default 1e-6. */
  readonly layerScale?: number | undefined;
  /** Probability with which training leaves out the last block for an image; it grows evenly from 0 at the first. Default 0.1. */
  readonly stochasticDepthProb?: number | undefined;
}

const OPTIONS = optionNames<ConvNeXtOptions>({ classes: true, input: true, layerScale: true, stochasticDepthProb: true });

const WIDTHS = [96, 192, 384, 768] as const;
const DEPTHS = [3, 3, 9, 3] as const;
const EPS = { eps: 1e-6 };

/** Depthwise 7x7, then two fully connected layers on each pixel. `drop`: probability with which training leaves it out. */
function block(width: number, initial: number, drop: number): Layer {
  const body = named('block', indexed([
    conv2d(width, width, 7, { padding: 3, groups: width }), channelsLast(), layerNorm(width, EPS), linear(width, 4 * width), gelu(),
    linear(4 * width, width), channelsSecond(),
  ]));
  const scale = layerScale(width, { initial, name: 'layer_scale' });
  const depth = stochasticDepth(drop, { name: 'stochastic_depth' });
  return named('residual', (x) => add(depth(scale(body(x))), x));
}

/** ConvNeXt-T (Liu et al. 2022, arXiv 2201.03545), as in torchvision: [N, 3, H, W] to [N, classes]. @throws as `lenet5` */
export function convnext_tiny(options: ConvNeXtOptions = {}): Graph {
  const what = 'convnext_tiny';
  const { classes = 1000, input: shape = IMAGES, layerScale: initial = 1e-6, stochasticDepthProb = 0.1 } = checked(what, options, OPTIONS);
  placing(what, () => finite('layerScale', initial));
  probability(what, 'stochasticDepthProb', stochasticDepthProb);
  const last = DEPTHS.reduce<number>((sum, depth) => sum + depth, 0) - 1;
  let made = 0;
  const layers: Layer[] = [indexed([conv2d(3, WIDTHS[0], 4, { stride: 4 }), layerNorm2d(WIDTHS[0], EPS)])];
  WIDTHS.forEach((width, i) => {
    const blocks = Array.from({ length: DEPTHS[i] ?? 0 }, () => block(width, initial, (stochasticDepthProb * made++) / last));
    layers.push(indexed(blocks));
    const next = WIDTHS[i + 1];
    if (next !== undefined) layers.push(indexed([layerNorm2d(width, EPS), conv2d(width, next, 2, { stride: 2 })]));
  });
  const classifier = indexed([layerNorm2d(WIDTHS[3], EPS), flatten(), linear(WIDTHS[3], classes)]);
  return chain({ features: indexed(layers), avgpool: adaptiveAvgPool2d(1), classifier }, shape);
}
