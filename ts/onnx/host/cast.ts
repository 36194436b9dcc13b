import type { HostOps } from './op.js';

export const castOps: HostOps = {};
