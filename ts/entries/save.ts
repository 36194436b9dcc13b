/**
 * Models written to files that `load` needs nothing else for.
 * @module receptive/save
 */
export { saveModel } from '../model/save-model.js';
export type { ModelContent, SavedDtype } from '../model/save-model.js';
export * from './public/stored.js';
export * from './public/graphs.js';
export type { Label, Labels, PreprocessFields, PreprocessOptions, PreprocessSpec, PresetName, ResizeFilter, Scores, Size, Task } from './public/model-types.js';
export type { Layer } from './public/networks.js';
export type { AnyTensor, DataOf, Dtype, Tensor } from './public/tensors.js';
