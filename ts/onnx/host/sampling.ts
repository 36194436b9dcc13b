import type { HostOps } from './op.js';

export const samplingOps: HostOps = {};
