/**
 * All there is; bundlers take what is used. Values come from four files, which a page without a bundler may import one by one.
 * @module receptive
 */
export * from './page.js';
export * from './layers.js';
export * from './image.js';
export * from './save.js';
export * as models from '../models/index.js';
