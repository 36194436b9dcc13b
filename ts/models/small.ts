import type { Graph } from '../graph/graph.js';
import {
  adaptiveAvgPool2d,
  add,
  batchNorm2d,
  cat,
  conv2d,
  dropout,
  flatten,
  linear,
  maxPool2d,
  named,
  relu,
  relu6,
  sequential,
} from '../ops/layers.js';
import type { Layer } from '../ops/layers.js';
import { chain, checked, IMAGES } from './classic.js';
import type { ModelOptions } from './classic.js';

/** Few channels by 1x1, then many by 1x1 and by 3x3 side by side. */
function fire(from: number, squeezed: number, expanded: number): Layer {
  const squeeze = sequential({ squeeze: conv2d(from, squeezed, 1), squeeze_activation: relu() });
  const small = sequential({ expand1x1: conv2d(squeezed, expanded, 1), expand1x1_activation: relu() });
  const large = sequential({ expand3x3: conv2d(squeezed, expanded, 3, { padding: 1 }), expand3x3_activation: relu() });
  return named('fire', (x) => {
    const narrow = squeeze(x);
    return cat([small(narrow), large(narrow)]);
  });
}

/** SqueezeNet 1.1 (Iandola et al. 2016, arXiv 1602.07360), as in torchvision: [N, 3, H, W] to [N, classes]. @throws as `lenet5` */
export function squeezenet1_1(options: ModelOptions = {}): Graph {
  const { classes = 1000, input: shape = IMAGES } = checked('squeezenet1_1', options);
  const pool = maxPool2d(3, { stride: 2, ceilMode: true });
  const layers = [
    conv2d(3, 64, 3, { stride: 2 }), relu(), pool,
    fire(64, 16, 64), fire(128, 16, 64), pool,
    fire(128, 32, 128), fire(256, 32, 128), pool,
    fire(256, 48, 192), fire(384, 48, 192), fire(384, 64, 256), fire(512, 64, 256),
  ];
  const features = sequential(Object.fromEntries(layers.map((layer, index) => [String(index), layer])));
  const classifier = sequential([dropout(), conv2d(512, classes, 1), relu(), adaptiveAvgPool2d(1)]);
  return chain({ features, classifier, flatten: flatten() }, shape);
}

/** Convolution, BatchNorm, ReLU6. */
function convNormRelu(from: number, to: number, kernel: 1 | 3, stride: number, groups: number): Layer {
  const padding = (kernel - 1) / 2;
  return sequential([conv2d(from, to, kernel, { stride, padding, groups, bias: false }), batchNorm2d(to), relu6()]);
}

/** Wide inside, narrow at the ends, where the shortcut is. */
function invertedResidual(from: number, to: number, stride: number, expansion: number): Layer {
  const hidden = from * expansion;
  const body = sequential(
    [
      ...(expansion === 1 ? [] : [convNormRelu(from, hidden, 1, 1, 1)]),
      convNormRelu(hidden, hidden, 3, stride, hidden),
      conv2d(hidden, to, 1, { bias: false }),
      batchNorm2d(to),
    ],
    { name: 'conv' },
  );
  return named('block', (x) => (stride === 1 && from === to ? add(body(x), x) : body(x)));
}

/** MobileNetV2 (Sandler et al. 2018, arXiv 1801.04381), as in torchvision: [N, 3, H, W] to [N, classes]. @throws as `lenet5` */
export function mobilenet_v2(options: ModelOptions = {}): Graph {
  const { classes = 1000, input: shape = IMAGES } = checked('mobilenet_v2', options);
  // Expansion, channels, blocks, stride of the first.
  const stages = [
    [1, 16, 1, 1], [6, 24, 2, 2], [6, 32, 3, 2], [6, 64, 4, 2], [6, 96, 3, 1], [6, 160, 3, 2], [6, 320, 1, 1],
  ] as const;
  const layers: Layer[] = [convNormRelu(3, 32, 3, 2, 1)];
  let channels = 32;
  for (const [expansion, width, count, stride] of stages) {
    for (let i = 0; i < count; i += 1) {
      layers.push(invertedResidual(channels, width, i === 0 ? stride : 1, expansion));
      channels = width;
    }
  }
  layers.push(convNormRelu(channels, 1280, 1, 1, 1));
  const features = sequential(Object.fromEntries(layers.map((layer, index) => [String(index), layer])));
  const classifier = sequential([dropout(0.2), linear(1280, classes)]);
  return chain({ features, avgpool: adaptiveAvgPool2d(1), flatten: flatten(), classifier }, shape);
}
