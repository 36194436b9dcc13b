/**
 * Pixels, and names of classes: what `classify` does in the worker, for code that wants the tensors itself.
 * @module receptive/image
 */
export { parseLabels } from '../tasks/labels-text.js';
export { decodeImage } from '../image/decode.platform.js';
export { preprocess } from '../image/preprocess.js';
export { resize } from '../image/resize.js';
export { PRESET_NAMES } from '../image/spec.js';
export { watch } from '../tasks/watch.js';
export type { WatchModel, WatchOptions, WatchSource } from '../tasks/watch.js';
export type {
  DecodeOptions, ImageContent, ImageInput, PreprocessFields, PreprocessOptions, PreprocessSpec, PresetName, RawImage, ResizeFilter, RgbImage, Size,
} from '../image/types.js';
