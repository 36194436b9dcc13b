/** A field of a step or a record; `crates/contract.mjs` says what the kinds are. */
export interface Field {
  readonly name: string;
  readonly kind: string;
  /** The enum, union, record or field of dimensions that it is made by. */
  readonly of?: string;
  /** How many sizes. */
  readonly count?: number;
}

export interface Struct {
  readonly name: string;
  readonly fields: readonly Field[];
}

export interface Contract {
  readonly words: readonly { readonly name: string; readonly value: number }[];
  readonly enums: readonly { readonly name: string; readonly variants: readonly string[] }[];
  readonly unions: readonly {
    readonly name: string;
    readonly variants: readonly { readonly name: string; readonly params: readonly string[] }[];
  }[];
  readonly records: readonly Struct[];
  readonly steps: readonly (Struct & { readonly code: number })[];
}

export function readContract(source?: string): Contract;

/** All generated files, as paths from the root of the repository and their text. */
export function generate(): Readonly<Record<string, string>>;
