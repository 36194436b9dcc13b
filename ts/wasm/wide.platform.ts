// Node can be told to pair vectors; builds for the web have no such engine.
export { WIDE } from './wide.node.js';
