import type { ByteSource } from '../formats/stored.js';

/** By what a server says whether a file is still the same. */
export interface Validators {
  readonly etag: string | undefined;
  readonly modified: string | undefined;
}

/** A file that was kept. */
export interface Kept extends Validators {
  readonly version: string | undefined;
  open(): Promise<ByteSource>;
}

/** Keeps one file for each URL. Whatever goes wrong while keeping is no reason not to load a model, so nothing here throws. */
export interface Store {
  get(url: string): Promise<Kept | undefined>;
  put(url: string, bytes: Uint8Array, about: Validators & { readonly version: string | undefined }): Promise<void>;
}
