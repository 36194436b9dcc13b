// Networks written in TypeScript: layer functions, and what is done with the graphs they make.
export * from './graphs.js';
export { graphFromData, graphToData } from '../../ops/data.js';
export { withOutputs } from '../../ops/with-outputs.js';
export {
  adaptiveAvgPool2d, add, avgPool2d, batchNorm2d, cat, conv2d, convTranspose2d, dropout, flatten, gelu, globalAvgPool2d,
  globalMaxPool2d, graph, groupNorm, hardsigmoid, hardswish, identity, input, leakyRelu, linear, localResponseNorm, logSoftmax,
  maxPool2d, mul, named, pad, prelu, relu, relu6, sequential, sigmoid, silu, softmax, tanh, toGraph, upsample,
} from '../../ops/layers.js';
export type {
  AvgPool2dOptions, BatchNorm2dOptions, Conv2dOptions, ConvTranspose2dOptions, Layer, LocalResponseNormOptions, MaxPool2dOptions, NameOption, Padding,
  PadMode, Pair, SequentialOptions, UpsampleOptions, Value, WindowOptions,
} from '../../ops/layers.js';
