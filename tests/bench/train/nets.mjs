/** The networks that the benchmark of training builds. */
import * as library from '../../../dist/node/index.js';
import { TRAINED } from './rows.mjs';

const { add, adaptiveAvgPool2d, batchNorm2d, conv2d, flatten, linear, models, named, relu, sequential } = library;

/** How each network is built, and which of its parameters learn. */
const BUILDERS = {
  lenet5: { build: models.lenet5 },
  resnet20: { build: resnet20 },
  unet: { build: models.unet, options: { base: 16 } },
  'mobilenet_v2-head': { build: models.mobilenet_v2, options: { classes: 10 }, trainable: (name) => name.startsWith('classifier') },
};

/** Two convolutions around a shortcut, which halves the map and pads channels by a 1x1 convolution where they change. */
function block(from, to, stride) {
  const body = sequential({
    conv1: conv2d(from, to, 3, { stride, padding: 1, bias: false }), bn1: batchNorm2d(to), relu1: relu(),
    conv2: conv2d(to, to, 3, { padding: 1, bias: false }), bn2: batchNorm2d(to),
  });
  const shortcut = from === to ? undefined : sequential([conv2d(from, to, 1, { stride, bias: false }), batchNorm2d(to)], { name: 'downsample' });
  const last = relu({ name: 'relu2' });
  return named('block', (x) => last(add(body(x), shortcut ? shortcut(x) : x)));
}

/** ResNet-20 for 32x32 images (He et al. 2015, arXiv 1512.03385, section 4.2). */
function resnet20({ input }) {
  const stage = (from, to, stride) => sequential(Object.fromEntries([block(from, to, stride), block(to, to, 1), block(to, to, 1)].map((one, i) => [String(i), one])));
  const net = sequential({
    conv1: conv2d(3, 16, 3, { padding: 1, bias: false }), bn1: batchNorm2d(16), relu: relu(),
    layer1: stage(16, 16, 1), layer2: stage(16, 32, 2), layer3: stage(32, 64, 2),
    avgpool: adaptiveAvgPool2d(1), flatten: flatten(), fc: linear(64, 10),
  });
  const x = library.input(input);
  return library.graph({ input: x }, { output: net(x) });
}

/** A row of the benchmark with its network. */
export function buildTrained(name) {
  const { net, input, rounds, target, web = [] } = TRAINED[name];
  const { build, options, trainable = () => true } = BUILDERS[net];
  const graph = build({ input, ...options });
  const names = graph.params.map((param) => param.name).filter((param) => !/running_(mean|var)$/.test(param) && trainable(param));
  const [{ value }] = graph.outputs;
  return { name, graph, input, output: graph.values[value].shape, rounds, target, web, trainable: new Set(names) };
}
