/** Types of what the unit tests import. */
export interface Statistics {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly quartiles: readonly number[];
  readonly rounds: number;
}
export interface Ratios {
  readonly bestWeb?: string | undefined;
  readonly web?: number | undefined;
  readonly litert?: number | undefined;
  readonly native?: number | undefined;
  readonly worker?: number | undefined;
  readonly wide?: number | undefined;
  readonly wideWeb?: number | undefined;
  readonly wideNative?: number | undefined;
}
export type Target = { readonly web: number; readonly native: number; readonly worker?: number; readonly wide?: { readonly web: number; readonly native: number } };
export type Verdicts = Readonly<Record<'web' | 'native' | 'worker' | 'wideWeb' | 'wideNative', boolean | undefined>>;
export function median(values: readonly number[]): number;
export function statistics(times: readonly number[]): Statistics;
export function roundsFor(roundMs: number, seconds: number, most: number): number;
export function relativeDifference(reference: ArrayLike<number>, other: ArrayLike<number>): number;
export function ratiosOf(engines: readonly { readonly name: string; readonly times?: { readonly median: number } }[]): Ratios;
export function verdictsOf(target: Target | undefined, ratios: Ratios): Verdicts;
export function roofOf(
  work: { readonly flops: number; readonly bytes: number },
  roofs: { readonly gflops: number; readonly gbps: number },
): { readonly ms: number; readonly bound: 'compute' | 'memory' };
export interface Account {
  readonly ms: number;
  readonly roof: number;
  readonly memoryBound: number;
  readonly needed: { readonly web: number | undefined; readonly native: number | undefined };
}
export function accountOf(result: {
  readonly engines: readonly { readonly name: string; readonly times?: { readonly median: number } }[];
  readonly layers?: readonly { readonly ms: number; readonly roofMs?: number; readonly bound?: string }[];
  readonly target?: Target;
}): Account;
