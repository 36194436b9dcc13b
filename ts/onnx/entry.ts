// The part of this folder that the engine uses. The worker for graphs and safetensors is built with absent.ts in its place.
export { foreignFormat } from '../formats/foreign.js';
export { OnnxRunnable } from './model.js';
export { withOnnxOutputs } from './outputs.js';
export { readOnnxWith } from './read.js';
export { skim } from './skim.js';
