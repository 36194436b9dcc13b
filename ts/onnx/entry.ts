// The part of this folder that the engine uses. The worker for graphs and safetensors is built with absent.ts in its place.
export { foreignFormat } from '../formats/foreign.js';
export { OnnxRunnable } from './run/model.js';
export { withOnnxOutputs } from './plan/outputs.js';
export { readOnnxWith } from './read/read.js';
export { skim } from './read/skim.js';
