// All that the entries offer whose models compute on the calling thread, but for `load`.
export { InlineModel } from '../../model/inline-model.js';
export { inspect } from '../../model/inspect.js';
export type { InspectedPort, InspectOptions, Inspection } from '../../model/inspect.js';
export type { Gap } from '../../onnx/plan/gaps.js';
export * from './errors.js';
export * from './tensors.js';
export * from './model-types.js';
export * from './networks.js';
export * from './images.js';
export * as models from '../../models/index.js';
