export interface ChaosOptions {
  readonly pictures: number;
  readonly shardSize: number;
  readonly every: number;
  readonly tell?: (text: string) => void;
}

export interface Told {
  readonly enqueued: { readonly photos: number; readonly shards: number };
  readonly again: { readonly photos: number; readonly shards: number; readonly known: number; readonly restored: number };
  readonly codes: readonly number[];
  readonly kills: number;
  readonly crashes: number;
  readonly seconds: number;
  readonly once: number;
  readonly missing: number;
  readonly twice: number;
  readonly unknown: number;
  readonly wrong: number;
  readonly answers: number;
  readonly partsLeft: number;
}

export declare function chaos(options: ChaosOptions): Promise<Told>;
export declare function picture(kind: number): Buffer;
