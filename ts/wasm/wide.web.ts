import type { WideSupport } from './wide.js';

export const WIDE: WideSupport | undefined = undefined;
