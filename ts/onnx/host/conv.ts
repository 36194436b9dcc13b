import type { HostOps } from './op.js';

export const convOps: HostOps = {};
