import type { Graph } from '../graph/graph.js';
import { whole } from '../ops/common.js';
import type { Shape } from '../tensor/shape.js';
import {
  batchNorm2d,
  cat,
  conv2d,
  convTranspose2d,
  graph,
  input,
  leakyRelu,
  maxPool2d,
  named,
  pad,
  relu,
  sequential,
  upsample,
} from '../ops/layers.js';
import type { Layer, Value } from '../ops/layers.js';
import { placing } from '../base/errors.js';
import { optionNames } from '../base/options.js';
import { checked, IMAGES } from './classic.js';
import type { ModelOptions } from './classic.js';

/** Two 3x3 convolutions, each with ReLU. */
function doubleConv(name: string, from: number, to: number): Layer {
  const layers = {
    conv1: conv2d(from, to, 3, { padding: 1 }),
    relu1: relu(),
    conv2: conv2d(to, to, 3, { padding: 1 }),
    relu2: relu(),
  };
  return sequential(layers, { name });
}

/** What `unet` takes. */
export interface UnetOptions extends ModelOptions {
  /** Channels of the image, from 1 on. Default 3. */
  readonly inChannels?: number | undefined;
  /** Channels of the first level, from 1 on; each deeper one has twice as many. Default 16. */
  readonly base?: number | undefined;
}

const UNET_OPTIONS = optionNames<UnetOptions>({ classes: true, input: true, inChannels: true, base: true });

/**
 * U-Net for segmentation (Ronneberger et al. 2015, arXiv 1505.04597), with padding, four levels deep: [N, inChannels, H, W] to
 * scores [N, classes, H, W]. Two classes unless given; H and W are multiples of 16.
 * @throws as `lenet5`
 */
export function unet(options: UnetOptions = {}): Graph {
  const { classes = 2, inChannels = 3, base = 16 } = checked('unet', options, UNET_OPTIONS);
  placing('unet', () => whole('base', base, 1));
  const shape: Shape = options.input ?? [null, inChannels, null, null];
  const pool = maxPool2d(2);
  const x = input(shape);
  const skips: Value[] = [];
  let y = x;
  let channels = inChannels;
  for (const level of [1, 2, 3, 4]) {
    const width = base * 2 ** (level - 1);
    y = doubleConv(`enc${level}`, channels, width)(y);
    skips.push(y);
    y = pool(y);
    channels = width;
  }
  y = doubleConv('bottleneck', channels, 16 * base)(y);
  for (const level of [4, 3, 2, 1]) {
    const width = base * 2 ** (level - 1);
    const up = convTranspose2d(2 * width, width, 2, { stride: 2, name: `up${level}` })(y);
    const skip = skips[level - 1];
    y = doubleConv(`dec${level}`, 2 * width, width)(skip ? cat([skip, up]) : up);
  }
  return graph({ input: x }, { output: conv2d(base, classes, 1, { name: 'head' })(y) });
}

/** Convolution, BatchNorm, leaky ReLU: darknet's layer number `index`. */
function darknet(index: number, from: number, to: number, kernel: 1 | 3): Layer {
  const parts = sequential({
    conv: conv2d(from, to, kernel, { padding: (kernel - 1) / 2, bias: false }),
    bn: batchNorm2d(to),
    activation: leakyRelu(0.1),
  });
  return named(`layers.${index}`, (x) => parts(x));
}

/**
 * YOLOv3-tiny (Redmon and Farhadi 2018, arXiv 1804.02767): [N, 3, H, W], H and W multiples of 32, to raw heads `stride32`
 * [N, 3 * (5 + classes), H / 32, W / 32] and `stride16` [N, 3 * (5 + classes), H / 16, W / 16]. 80 classes unless given.
 * @throws as `lenet5`
 */
export function yolov3_tiny(options: ModelOptions = {}): Graph {
  const { classes = 80, input: shape = IMAGES } = checked('yolov3_tiny', options);
  const head = (index: number, from: number): Layer => conv2d(from, 3 * (5 + classes), 1, { name: `layers.${index}` });
  const x = input(shape);
  const pool = maxPool2d(2);
  let y = x;
  let channels = 3;
  for (const [index, width] of [[0, 16], [2, 32], [4, 64], [6, 128]] as const) {
    y = pool(darknet(index, channels, width, 3)(y));
    channels = width;
  }
  const fine = darknet(8, 128, 256, 3)(y);
  y = darknet(10, 256, 512, 3)(pool(fine));
  // Darknet's layer 11 pools with stride 1 and keeps the size: one more row and column that never win.
  y = maxPool2d(2, { stride: 1 })(pad([0, 1, 0, 1], { value: Number.NEGATIVE_INFINITY })(y));
  const coarse = darknet(13, 1024, 256, 1)(darknet(12, 512, 1024, 3)(y));
  const stride32 = head(15, 512)(darknet(14, 256, 512, 3)(coarse));
  const up = upsample({ scaleFactor: 2 })(darknet(18, 256, 128, 1)(coarse));
  const stride16 = head(22, 256)(darknet(21, 384, 256, 3)(cat([up, fine])));
  return graph({ input: x }, { stride32, stride16 });
}
