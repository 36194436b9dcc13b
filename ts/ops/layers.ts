// Every layer function, one line an operator, and what writes graphs of them. A list of its own: who describes networks need not
// carry the operators that files may name, nor their lowerings.
export { graph, input, named, sequential, toGraph } from '../layers/index.js';
export type { Layer, NameOption, SequentialOptions, Value } from '../layers/index.js';
export type { Padding, Pair, WindowOptions } from './window-options.js';
export * from './activation/layer.js';
export * from './combine/layer.js';
export * from './conv-transpose2d/layer.js';
export * from './conv2d/layer.js';
export * from './flatten/layer.js';
export * from './group-norm/layer.js';
export * from './identity/layer.js';
export * from './linear/layer.js';
export * from './norm/layer.js';
export * from './pad/layer.js';
export * from './pool/layer.js';
export * from './prelu/layer.js';
export * from './softmax/layer.js';
export * from './upsample/layer.js';
