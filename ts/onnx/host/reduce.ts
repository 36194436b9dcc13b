import type { HostOps } from './op.js';

export const reduceOps: HostOps = {};
