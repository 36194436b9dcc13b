/**
 * Beyond classes of photos: how good boxes, masks and classes of pixels are, and data sets of photos that are labelled so.
 * @module receptive/vision
 */
export * from './public/vision.js';
export * from './public/image-types.js';
export type { Tensor } from './public/tensors.js';
