// What a page needs on its own thread to use a model. Describing networks (layers.ts, models) and pixels (image.ts) are files
// of their own, so that a page which loads a model downloads nothing of them.
export { load } from '../worker/load.js';
export { Model } from '../worker/model.js';
export { createPool, Pool } from '../worker/pool.js';
export type { PoolLoadOptions, PoolOptions, PoolStats } from '../worker/pool.js';
export type { RunOptions } from '../worker/callable.js';
export * from './public/errors.js';
export * from './public/tensors.js';
export * from './public/model-types.js';
