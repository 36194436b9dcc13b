import type { Graph } from '../../graph/graph.js';
import { adaptiveAvgPool2d, avgPool2d, batchNorm2d, cat, conv2d, dropout, flatten, linear, maxPool2d, named, relu, sequential } from '../../ops/layers.js';
import type { Layer } from '../../ops/layers.js';
import { optionNames } from '../../base/options.js';
import { chain, checked, IMAGES } from '../classic.js';
import type { ModelOptions } from '../classic.js';
import { probability } from './blocks.js';

/** What `densenet121` takes. */
export interface DenseNetOptions extends ModelOptions {
  /** Probability of a dropout behind each layer of a block. Default 0. */
  readonly dropRate?: number | undefined;
}

const OPTIONS = optionNames<DenseNetOptions>({ classes: true, input: true, dropRate: true });

/** Channels that each layer adds, and how much wider it is inside. */
const [GROWTH, BOTTLENECK] = [32, 4];

/** Layers of each block. */
const BLOCKS = [6, 12, 24, 16] as const;

/** BatchNorm and ReLU come before the convolutions. */
function denseLayer(from: number, dropRate: number): Layer {
  const inside = BOTTLENECK * GROWTH;
  return sequential({
    norm1: batchNorm2d(from),
    relu1: relu(),
    conv1: conv2d(from, inside, 1, { bias: false }),
    norm2: batchNorm2d(inside),
    relu2: relu(),
    conv2: conv2d(inside, GROWTH, 3, { padding: 1, bias: false }),
    ...(dropRate > 0 && { dropout: dropout(dropRate) }),
  });
}

/** Every layer sees what all before it gave. */
function denseBlock(from: number, layers: number, dropRate: number): Layer {
  const growing = Array.from({ length: layers }, (_, i) => named(`denselayer${i + 1}`, denseLayer(from + i * GROWTH, dropRate)));
  return named('denseblock', (x) => growing.reduce((all, layer) => cat([all, layer(all)]), x));
}

/** Half the channels, and half the size. */
function transition(from: number): Layer {
  return sequential({ norm: batchNorm2d(from), relu: relu(), conv: conv2d(from, from / 2, 1, { bias: false }), pool: avgPool2d(2) });
}

/** DenseNet with 121 layers (Huang et al. 2016, arXiv 1608.06993), as in torchvision: [N, 3, H, W] to [N, classes]. @throws as `lenet5` */
export function densenet121(options: DenseNetOptions = {}): Graph {
  const { classes = 1000, input: shape = IMAGES, dropRate = 0 } = checked('densenet121', options, OPTIONS);
  probability('densenet121', 'dropRate', dropRate);
  const features: Record<string, Layer> = {
    conv0: conv2d(3, 64, 7, { stride: 2, padding: 3, bias: false }),
    norm0: batchNorm2d(64),
    relu0: relu(),
    pool0: maxPool2d(3, { stride: 2, padding: 1 }),
  };
  let channels = 64;
  BLOCKS.forEach((layers, i) => {
    features[`denseblock${i + 1}`] = denseBlock(channels, layers, dropRate);
    channels += layers * GROWTH;
    if (i === BLOCKS.length - 1) return;
    features[`transition${i + 1}`] = transition(channels);
    channels /= 2;
  });
  features['norm5'] = batchNorm2d(channels);
  const modules = {
    features: sequential(features), relu: relu(), avgpool: adaptiveAvgPool2d(1), flatten: flatten(), classifier: linear(channels, classes),
  };
  return chain(modules, shape);
}
