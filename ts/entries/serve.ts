/**
 * Models that answer over HTTP, in Node: the Open Inference Protocol, and photos as bodies.
 * @module receptive/serve
 */
export { createService } from '../serve/service.js';
export type { Service } from '../serve/service.js';
export type { ServiceModel, ServiceOptions } from '../serve/options.js';
export { listen } from '../serve/listen.js';
export type { Listening, ListenOptions } from '../serve/listen.js';
export type { LogLine } from '../serve/watch/log.js';
export { nodeListener } from '../serve/node-listener.js';
export type { NodeRequest, NodeResponse } from '../serve/node-listener.js';
