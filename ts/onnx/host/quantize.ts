import type { HostOps } from './op.js';

export const quantizeOps: HostOps = {};
