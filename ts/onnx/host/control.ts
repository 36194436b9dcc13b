import type { HostOps } from './op.js';

export const controlOps: HostOps = {};
