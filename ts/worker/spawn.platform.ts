// Node's worker threads; builds for the web put the browser's workers in their place.
export { hardwareThreads, selfEndpoint, sharingObstacle, spawnSibling, spawnWorker } from './spawn.node.js';
