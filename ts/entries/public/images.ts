// From images to inputs, on the calling thread, and again and again for what moves.
export * from './image-types.js';
export { decodeImage } from '../../image/decode.platform.js';
export { preprocess } from '../../image/preprocess.js';
export { resize } from '../../image/resize.js';
export { PRESET_NAMES } from '../../image/spec.js';
export { watch } from '../../tasks/watch.js';
export type { WatchModel, WatchOptions, WatchSource } from '../../tasks/watch.js';
