// Node's files and URLs; builds for the web put the browser's in their place.
export { compileAt, openLocation, readLocation, resolveLocation } from './locate.node.js';
