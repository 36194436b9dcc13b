/**
 * Networks written in TypeScript, and how they are stored.
 * @module receptive/layers
 */
export { writeSafetensors } from '../formats/safetensors-write.js';
export type { StoredDtype, StoredTensor } from '../formats/stored.js';
export { graphFromData, graphToData } from '../ops/data.js';
export type { GraphData, NodeData } from '../ops/data.js';
export type { Json } from '../graph/op.js';
export { withOutputs } from '../ops/with-outputs.js';
export type { Graph, GraphValue, NamedValue, Node, Param } from '../graph/graph.js';
export type { Dim, Shape } from '../tensor/shape.js';
export {
  adaptiveAvgPool2d, add, avgPool2d, batchNorm2d, cat, conv2d, convTranspose2d, dropout, flatten, gelu, globalAvgPool2d,
  globalMaxPool2d, graph, groupNorm, hardsigmoid, hardswish, identity, input, leakyRelu, linear, localResponseNorm, logSoftmax,
  maxPool2d, mul, named, pad, prelu, relu, relu6, sequential, sigmoid, silu, softmax, tanh, toGraph, upsample,
} from '../ops/layers.js';
export type {
  AvgPool2dOptions, Conv2dOptions, ConvTranspose2dOptions, Layer, LocalResponseNormOptions, MaxPool2dOptions, NameOption, Padding,
  PadMode, Pair, SequentialOptions, UpsampleOptions, Value, WindowOptions,
} from '../ops/layers.js';
