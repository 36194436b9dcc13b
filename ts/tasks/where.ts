// Answers about what is where on a photo: one script.
export { detect } from './detect/detect.js';
export { segment } from './segment/segment.js';
