// Node's; builds for the web put the browser's in its place.
export { toTransportable } from './transport.node.js';
