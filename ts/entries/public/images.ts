// From images to inputs, on the calling thread, and again and again for what moves.
export * from './image-types.js';
export { decodeImage } from '../../image/decode.platform.js';
export { preprocess } from '../../image/preprocess.js';
export { resize } from '../../image/resize.js';
export { PRESET_NAMES } from '../../image/spec.js';
export { colours, cutOut, overlay } from '../../tasks/segment/colours.js';
export type { OverlayOptions } from '../../tasks/segment/colours.js';
export { pasteMasks } from '../../tasks/segment/instances.js';
export type { BoxMasks, PasteOptions } from '../../tasks/segment/instances.js';
export { maskIou } from '../../tasks/segment/mask.js';
export { outlines } from '../../tasks/segment/outlines.js';
export type { Outline } from '../../tasks/segment/outlines.js';
export { watch } from '../../tasks/watch.js';
export type { WatchModel, WatchOptions, WatchSource } from '../../tasks/watch.js';
