export { isLayer, named } from './layer.js';
export type { Layer, NameOption } from './layer.js';
export { sequential } from './sequential.js';
export type { SequentialOptions } from './sequential.js';
export { graph, toGraph } from './to-graph.js';
export { input } from './value.js';
export type { Value } from './value.js';
