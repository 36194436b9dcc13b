// Node's worker threads; builds for the web put the browser's workers in their place.
export { selfEndpoint, spawnWorker } from './spawn.node.js';
