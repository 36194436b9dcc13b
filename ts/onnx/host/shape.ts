import type { HostOps } from './op.js';

export const shapeOps: HostOps = {};
