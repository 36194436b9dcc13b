// Every layer function, and what writes graphs of them. A list of its own: who describes networks need not
// carry the operators that files may name, nor their lowerings.
export { graph, input, named, sequential, toGraph } from '../layers/index.js';
export type { Layer, NameOption, SequentialOptions, Value } from '../layers/index.js';
export type { Padding, Pair, WindowOptions } from './window-options.js';
export * from './all-layers.js';
