import type { HostOps } from './op.js';

export const quantizedOps: HostOps = {};
