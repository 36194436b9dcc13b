/**
 * Networks written in TypeScript, and how they are stored.
 * @module receptive/layers
 */
export { writeSafetensors } from '../formats/safetensors-write.js';
export * from './public/stored.js';
export * from './public/networks.js';
