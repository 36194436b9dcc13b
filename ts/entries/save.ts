/**
 * Models written to files that `load` needs nothing else for.
 * @module receptive/save
 */
export { saveModel } from '../model/save-model.js';
export type { ModelContent, SavedDtype } from '../model/save-model.js';
export type { Label, Labels } from '../tasks/labels.js';
export type { Scores } from '../tasks/scores.js';
export type { Task } from '../tasks/task.js';
export type { StoredDtype, StoredTensor } from '../formats/stored.js';
export type { GraphData, NodeData } from '../graph/to-data.js';
export type { Json } from '../graph/op.js';
export type { Graph, GraphValue, NamedValue, Node, Param } from '../graph/graph.js';
export type { Dim, Shape } from '../tensor/shape.js';
export type { PreprocessFields, PreprocessOptions, PreprocessSpec, PresetName, ResizeFilter, Size } from '../image/types.js';
export type { Layer } from '../layers/index.js';
export type { AnyTensor, DataOf, Dtype, Tensor } from '../tensor/tensor.js';
