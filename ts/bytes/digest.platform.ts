// Node's hashes; builds for the web put Web Crypto in their place.
export { digestOf } from './digest.node.js';
