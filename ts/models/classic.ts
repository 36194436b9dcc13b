import type { Graph } from '../graph/graph.js';
import { whole } from '../ops/common.js';
import type { Shape } from '../tensor/shape.js';
import {
  adaptiveAvgPool2d,
  batchNorm2d,
  conv2d,
  dropout,
  flatten,
  graph,
  input,
  linear,
  maxPool2d,
  relu,
  sequential,
} from '../ops/layers.js';
import type { Layer } from '../ops/layers.js';
import { placing } from '../base/errors.js';
import { checkOptions, optionNames } from '../base/options.js';

/**
 * What every builder of a model takes. Weights are given to `load` or `createTrainer`; their names are those of the graph's `params`.
 */
export interface ModelOptions {
  /** Classes that the last layer tells apart, from 1 on. Default: 1000, those of ImageNet, unless the model says another number. */
  readonly classes?: number | undefined;
  /** Shape of the input, NCHW; open dimensions are null. Default: any batch and size. */
  readonly input?: Shape | undefined;
}

const MODEL_OPTIONS = optionNames<ModelOptions>({ classes: true, input: true });

/**
 * The options of a builder, checked.
 * @throws ArgumentError for options that there are not, or a number of classes that is none
 */
export function checked<Options extends ModelOptions>(what: string, options: Options, known = MODEL_OPTIONS): Options {
  checkOptions(what, options, known);
  if (options.classes !== undefined) placing(what, () => whole('classes', options.classes ?? 0, 1));
  return options;
}

/** Images of any number and size. */
export const IMAGES: Shape = [null, 3, null, null];

/** Modules one after the other, called by their names, as one graph. */
export function chain(modules: Readonly<Record<string, Layer>>, shape: Shape): Graph {
  const x = input(shape);
  return graph({ input: x }, { output: sequential(modules)(x) });
}

/**
 * LeNet-5 on 28x28 digits (LeCun et al. 1998, "Gradient-based learning applied to document recognition"), with ReLU and max pooling:
 * [N, 1, 28, 28] to scores [N, classes]. 10 classes unless given.
 * @throws ArgumentError for an option that there is not, or has no meaning; ShapeError, GeometryError for an `input` that it does not take
 */
export function lenet5(options: ModelOptions = {}): Graph {
  const { classes = 10, input: shape = [null, 1, 28, 28] } = checked('lenet5', options);
  const modules = {
    conv1: conv2d(1, 6, 5, { padding: 2 }),
    relu1: relu(),
    pool1: maxPool2d(2),
    conv2: conv2d(6, 16, 5),
    relu2: relu(),
    pool2: maxPool2d(2),
    flatten: flatten(),
    fc1: linear(400, 120),
    relu3: relu(),
    fc2: linear(120, 84),
    relu4: relu(),
    fc3: linear(84, classes),
  };
  return chain(modules, shape);
}

/** AlexNet (Krizhevsky 2014, arXiv 1404.5997), as in torchvision: [N, 3, H, W] to [N, classes], from 63 pixels a side on. @throws as `lenet5` */
export function alexnet(options: ModelOptions = {}): Graph {
  const { classes = 1000, input: shape = IMAGES } = checked('alexnet', options);
  const pool = maxPool2d(3, { stride: 2 });
  const features = sequential([
    conv2d(3, 64, 11, { stride: 4, padding: 2 }), relu(), pool,
    conv2d(64, 192, 5, { padding: 2 }), relu(), pool,
    conv2d(192, 384, 3, { padding: 1 }), relu(),
    conv2d(384, 256, 3, { padding: 1 }), relu(),
    conv2d(256, 256, 3, { padding: 1 }), relu(), pool,
  ]);
  const classifier = sequential([
    dropout(), linear(256 * 6 * 6, 4096), relu(), dropout(), linear(4096, 4096), relu(), linear(4096, classes),
  ]);
  return chain({ features, avgpool: adaptiveAvgPool2d(6), flatten: flatten(), classifier }, shape);
}

/** Channels of the convolutions of each stage; a stage ends with a pooling. */
const VGG_STAGES = {
  11: [[64], [128], [256, 256], [512, 512], [512, 512]],
  13: [[64, 64], [128, 128], [256, 256], [512, 512], [512, 512]],
  16: [[64, 64], [128, 128], [256, 256, 256], [512, 512, 512], [512, 512, 512]],
  19: [[64, 64], [128, 128], [256, 256, 256, 256], [512, 512, 512, 512], [512, 512, 512, 512]],
} as const;

function vgg(depth: keyof typeof VGG_STAGES, norm: boolean, options: ModelOptions): Graph {
  const { classes = 1000, input: shape = IMAGES } = checked(`vgg${depth}${norm ? '_bn' : ''}`, options);
  const layers: Layer[] = [];
  let channels = 3;
  for (const stage of VGG_STAGES[depth]) {
    for (const width of stage) {
      layers.push(conv2d(channels, width, 3, { padding: 1 }), ...(norm ? [batchNorm2d(width)] : []), relu());
      channels = width;
    }
    layers.push(maxPool2d(2));
  }
  const classifier = sequential([
    linear(512 * 7 * 7, 4096), relu(), dropout(), linear(4096, 4096), relu(), dropout(), linear(4096, classes),
  ]);
  return chain({ features: sequential(layers), avgpool: adaptiveAvgPool2d(7), flatten: flatten(), classifier }, shape);
}

/** VGG with 11 layers (Simonyan and Zisserman 2014, arXiv 1409.1556), as in torchvision: [N, 3, H, W] to [N, classes]. @throws as `lenet5` */
export const vgg11 = (options: ModelOptions = {}): Graph => vgg(11, false, options);
/** VGG with 13 layers (Simonyan and Zisserman 2014, arXiv 1409.1556), as in torchvision: [N, 3, H, W] to [N, classes]. @throws as `lenet5` */
export const vgg13 = (options: ModelOptions = {}): Graph => vgg(13, false, options);
/** VGG with 16 layers (Simonyan and Zisserman 2014, arXiv 1409.1556), as in torchvision: [N, 3, H, W] to [N, classes]. @throws as `lenet5` */
export const vgg16 = (options: ModelOptions = {}): Graph => vgg(16, false, options);
/** VGG with 19 layers (Simonyan and Zisserman 2014, arXiv 1409.1556), as in torchvision: [N, 3, H, W] to [N, classes]. @throws as `lenet5` */
export const vgg19 = (options: ModelOptions = {}): Graph => vgg(19, false, options);
/** VGG with 11 layers and BatchNorm (Simonyan and Zisserman 2014, arXiv 1409.1556), as in torchvision: [N, 3, H, W] to [N, classes]. @throws as `lenet5` */
export const vgg11_bn = (options: ModelOptions = {}): Graph => vgg(11, true, options);
/** VGG with 13 layers and BatchNorm (Simonyan and Zisserman 2014, arXiv 1409.1556), as in torchvision: [N, 3, H, W] to [N, classes]. @throws as `lenet5` */
export const vgg13_bn = (options: ModelOptions = {}): Graph => vgg(13, true, options);
/** VGG with 16 layers and BatchNorm (Simonyan and Zisserman 2014, arXiv 1409.1556), as in torchvision: [N, 3, H, W] to [N, classes]. @throws as `lenet5` */
export const vgg16_bn = (options: ModelOptions = {}): Graph => vgg(16, true, options);
/** VGG with 19 layers and BatchNorm (Simonyan and Zisserman 2014, arXiv 1409.1556), as in torchvision: [N, 3, H, W] to [N, classes]. @throws as `lenet5` */
export const vgg19_bn = (options: ModelOptions = {}): Graph => vgg(19, true, options);
