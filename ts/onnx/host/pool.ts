import type { HostOps } from './op.js';

export const poolOps: HostOps = {};
