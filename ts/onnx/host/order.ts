import type { HostOps } from './op.js';

export const orderOps: HostOps = {};
