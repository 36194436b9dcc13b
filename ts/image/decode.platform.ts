// Node's decoder; builds for the web put the browser's in its place.
export { decodeImage, decodePixels } from './decode.node.js';
