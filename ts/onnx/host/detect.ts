import type { HostOps } from './op.js';

export const detectOps: HostOps = {};
