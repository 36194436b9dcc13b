// Folders in Node; builds for the web put a refusal in its place.
export { fromFolder } from './folder.node.js';
