import type { HostOps } from './op.js';

export const layoutOps: HostOps = {};
