// Node's worker threads; builds for the web put the browser's workers in their place.
export { spawnTrainer, spawnTrainHelper } from './spawn.node.js';
