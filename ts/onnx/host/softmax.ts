import type { HostOps } from './op.js';

export const softmaxOps: HostOps = {};
