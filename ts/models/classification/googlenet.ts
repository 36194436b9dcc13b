import type { Graph } from '../../graph/graph.js';
import { adaptiveAvgPool2d, batchNorm2d, cat, conv2d, dropout, flatten, graph, input, linear, maxPool2d, named, relu, sequential } from '../../ops/layers.js';
import type { Layer } from '../../ops/layers.js';
import { optionNames } from '../../base/options.js';
import { checked, IMAGES } from '../classic.js';
import type { ModelOptions } from '../classic.js';
import { indexed, probability } from './blocks.js';

/** What `googlenet` takes. */
export interface GoogLeNetOptions extends ModelOptions {
  /**
   * Whether two more classifiers look at maps halfway and are the outputs `aux1` and `aux2`, for training. Default false. Weights that have
   * theirs need them here; `withOutputs(graph, ['output'])` then leaves out what they would compute.
   */
  readonly auxLogits?: boolean | undefined;
  /** Probability of the dropout before the last layer. Default 0.2. */
  readonly dropout?: number | undefined;
  /** Probability of the dropouts of the classifiers halfway. Default 0.7. */
  readonly dropoutAux?: number | undefined;
}

const OPTIONS = optionNames<GoogLeNetOptions>({ classes: true, input: true, auxLogits: 'boolean', dropout: true, dropoutAux: true });

/** Convolution, BatchNorm and ReLU. */
function basic(from: number, to: number, kernel: 1 | 3 | 7, stride = 1): Layer {
  const padding = (kernel - 1) / 2;
  return sequential({ conv: conv2d(from, to, kernel, { stride, padding, bias: false }), bn: batchNorm2d(to, { eps: 1e-3 }), relu: relu() });
}

type Widths = readonly [one: number, threeFrom: number, three: number, fiveFrom: number, five: number, pooled: number];

/** Four branches side by side. The third has a 3x3 kernel as in torchvision, whose weights were trained so; the paper's is 5x5. */
function inception(from: number, [one, threeFrom, three, fiveFrom, five, pooled]: Widths): Layer {
  const branches = [
    basic(from, one, 1),
    indexed([basic(from, threeFrom, 1), basic(threeFrom, three, 3)]),
    indexed([basic(from, fiveFrom, 1), basic(fiveFrom, five, 3)]),
    indexed([maxPool2d(3, { stride: 1, padding: 1, ceilMode: true }), basic(from, pooled, 1)]),
  ].map((branch, i) => named(`branch${i + 1}`, branch));
  return named('inception', (x) => cat(branches.map((branch) => branch(x))));
}

const given = ([one, , three, , five, pooled]: Widths): number => one + three + five + pooled;

const INCEPTIONS: Readonly<Record<string, Widths>> = {
  '3a': [64, 96, 128, 16, 32, 32], '3b': [128, 128, 192, 32, 96, 64],
  '4a': [192, 96, 208, 16, 48, 64], '4b': [160, 112, 224, 24, 64, 64], '4c': [128, 128, 256, 24, 64, 64],
  '4d': [112, 144, 288, 32, 64, 64], '4e': [256, 160, 320, 32, 128, 128],
  '5a': [256, 160, 320, 32, 128, 128], '5b': [384, 192, 384, 48, 128, 128],
};

/** A classifier of a map [N, from, H, W]. */
function auxiliary(from: number, classes: number, p: number): Layer {
  return sequential({
    avgpool: adaptiveAvgPool2d(4), conv: basic(from, 128, 1), flatten: flatten(), fc1: linear(2048, 1024), relu: relu(), dropout: dropout(p),
    fc2: linear(1024, classes),
  });
}

/** From image to the map that a classifier halfway looks at, from that to the next one's, and on to the last map. */
function sections(): Layer[] {
  const pool = (kernel: number): Layer => maxPool2d(kernel, { stride: 2, ceilMode: true });
  let channels = 192;
  const blocks = Object.entries(INCEPTIONS).map(([name, widths]): [string, Layer] => {
    const layer = inception(channels, widths);
    channels = given(widths);
    return [`inception${name}`, layer];
  });
  const some = (from: number, to: number): Record<string, Layer> => Object.fromEntries(blocks.slice(from, to));
  const stem = { conv1: basic(3, 64, 7, 2), maxpool1: pool(3), conv2: basic(64, 64, 1), conv3: basic(64, 192, 3), maxpool2: pool(3) };
  return [
    sequential({ ...stem, ...some(0, 2), maxpool3: pool(3), ...some(2, 3) }),
    sequential(some(3, 6)),
    sequential({ ...some(6, 7), maxpool4: pool(2), ...some(7, 9) }),
  ];
}

/**
 * GoogLeNet (Szegedy et al. 2014, arXiv 1409.4842), as in torchvision: [N, 3, H, W] to [N, classes]. torchvision's weights were trained on
 * pixels from -1 to 1, which its option transform_input makes of others: prepare photos with mean 0.5 and deviation 0.5 for them.
 * @throws as `lenet5`
 */
export function googlenet(options: GoogLeNetOptions = {}): Graph {
  const what = 'googlenet';
  const { classes = 1000, input: shape = IMAGES, auxLogits = false, dropout: p = 0.2, dropoutAux = 0.7 } = checked(what, options, OPTIONS);
  probability(what, 'dropoutAux', dropoutAux);
  const [first, second, third] = sections() as [Layer, Layer, Layer];
  const head = sequential({ avgpool: adaptiveAvgPool2d(1), flatten: flatten(), dropout: dropout(probability(what, 'dropout', p)), fc: linear(1024, classes) });
  const x = input(shape);
  const early = first(x);
  const late = second(early);
  const output = head(third(late));
  if (!auxLogits) return graph({ input: x }, { output });
  const aux = (name: string, from: number): Layer => named(name, auxiliary(from, classes, dropoutAux));
  return graph({ input: x }, { output, aux2: aux('aux2', 528)(late), aux1: aux('aux1', 512)(early) });
}
