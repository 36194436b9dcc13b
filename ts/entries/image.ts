/**
 * Pixels, and names of classes: what `classify` does in the worker, for code that wants the tensors itself.
 * @module receptive/image
 */
export { parseLabels } from '../tasks/labels-text.js';
export * from './public/images.js';
