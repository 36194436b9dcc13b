// A folder in Node; builds for the web put Cache Storage in its place.
export { openStore } from './store.node.js';
