// Node's; builds for the web put the browser's in its place.
export { expectDecoder } from './decoder.node.js';
