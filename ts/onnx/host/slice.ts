import type { HostOps } from './op.js';

export const sliceOps: HostOps = {};
