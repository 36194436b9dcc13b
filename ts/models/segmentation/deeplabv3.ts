import type { Graph } from '../../graph/graph.js';
import { adaptiveAvgPool2d, batchNorm2d, cat, conv2d, dropout, named, relu, sequential, upsampleLike } from '../../ops/layers.js';
import type { Layer } from '../../ops/layers.js';
import { byIndex, convNorm, indexed } from '../classification/blocks.js';
import { mobileNetV3Features } from '../classification/mobilenet-v3.js';
import { fcnHead, segmenter } from './parts.js';
import type { SegmentationOptions } from './parts.js';

/** Channels of each branch. */
const WIDTH = 256;

const RATES = [12, 24, 36] as const;

/** The mean of the whole map, spread over it again. */
function imagePooling(from: number): Layer {
  const mean = indexed([adaptiveAvgPool2d(1), conv2d(from, WIDTH, 1, { bias: false }), batchNorm2d(WIDTH), relu()]);
  return (x) => upsampleLike(mean(x), x, { mode: 'bilinear' });
}

/** Atrous spatial pyramid pooling: kernels of several dilations side by side. */
function aspp(from: number): Layer {
  const branches = [
    convNorm(from, WIDTH, 1, { activation: relu }), ...RATES.map((dilation) => convNorm(from, WIDTH, 3, { dilation, activation: relu })), imagePooling(from),
  ].map((layer, i) => named(`convs.${i}`, layer));
  const project = sequential([conv2d(branches.length * WIDTH, WIDTH, 1, { bias: false }), batchNorm2d(WIDTH), relu(), dropout(0.5)], { name: 'project' });
  return named('aspp', (x) => project(cat(branches.map((branch) => branch(x)))));
}

function head(from: number, classes: number): Layer {
  return indexed([aspp(from), conv2d(WIDTH, WIDTH, 3, { padding: 1, bias: false }), batchNorm2d(WIDTH), relu(), conv2d(WIDTH, classes, 1)]);
}

/**
 * DeepLabV3 on a MobileNetV3-Large whose last stage is dilated (Chen et al. 2017, arXiv 1706.05587), as in torchvision: [N, 3, H, W] to scores
 * `out` [N, classes, H, W]. 21 classes unless given. torchvision's own weights have a second head: see `auxLoss`.
 * @throws as `lenet5`
 */
export function deeplabv3_mobilenet_v3_large(options: SegmentationOptions = {}): Graph {
  return segmenter('deeplabv3_mobilenet_v3_large', options, () => {
    const { layers, channels } = mobileNetV3Features('large', { dilated: true });
    const [out, aux] = [layers.length - 1, 4];
    return {
      backbone: byIndex(layers),
      taps: { out: String(out), aux: String(aux) },
      classifier: (classes) => head(channels[out]!, classes),
      auxiliary: (classes) => fcnHead(channels[aux]!, classes),
    };
  });
}
