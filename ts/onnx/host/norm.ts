import type { HostOps } from './op.js';

export const normOps: HostOps = {};
