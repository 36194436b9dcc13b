import type { HostOps } from './op.js';

export const matmulOps: HostOps = {};
