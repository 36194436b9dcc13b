import type { HostOps } from './op.js';

export const gatherOps: HostOps = {};
