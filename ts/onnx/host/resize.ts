import type { HostOps } from './op.js';

export const resizeOps: HostOps = {};
