import type { Variant, WideVariant } from './variant.js';

/** Whether the engine pairs vectors, and why not, where that was wanted. */
export interface Width {
  readonly wide: boolean;
  readonly wideReason: string | undefined;
}

/** What was asked for, as far as it matters here. */
export interface WideRequest {
  readonly wide?: boolean | undefined;
  readonly variant?: Variant | 'auto' | undefined;
  /** Names of the modules that the caller gave, if any; none where it is a single one. */
  readonly given?: readonly string[] | undefined;
}

/** Wide modules, on a platform that may have an engine for them. */
export interface WideSupport {
  /** @param proved - whether another worker of this process has found the engine to pair vectors */
  choose(request: WideRequest, proved: boolean): Width;
  /** Where the module lies. */
  file(name: WideVariant): string;
}

export const NARROW: Width = { wide: false, wideReason: undefined };

/** Not wide, though that was wanted. */
export const narrow = (wideReason: string): Width => ({ wide: false, wideReason });

export const isWide = (name: string): name is WideVariant => name === 'wide' || name === 'wide-threads';
