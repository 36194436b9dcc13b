import { wrong } from '../base/wrong.js';
import { CACHE_OPTIONS } from './option-names.js';
import { checkOptions } from '../base/options.js';
import { showValue } from '../base/show.js';
import { parseIntegrity } from './integrity.js';

/** Where fetched files are kept, and when a kept one is good. */
export interface CacheSpec {
  /** Good as long as this is the same; without it the server is asked whether the file is still the same. */
  readonly version?: string | undefined;
  /** In Node, where they are kept. Default: `receptive` in the system's folder for caches. Browsers use Cache Storage. */
  readonly folder?: string | undefined;
}

/** How files are fetched, in a form that can be posted. */
export interface FetchOptions {
  readonly cache?: CacheSpec | undefined;
  /** Digests of the model's file, or of a graph's weights. */
  readonly integrity?: string | undefined;
  /** Digests of the files beside an ONNX model, by their names. */
  readonly externalIntegrity?: Readonly<Record<string, string>> | undefined;
  /** How often a transfer that broke off is taken up again. */
  readonly retries?: number | undefined;
}

/** The options as they were given. */
export type UncheckedFetchOptions = { readonly [Option in keyof FetchOptions]?: unknown };

/** @throws ArgumentError naming the option that is no such thing */
export function checkFetchOptions({ cache, integrity, externalIntegrity, retries }: UncheckedFetchOptions): FetchOptions {
  if (integrity !== undefined) parseIntegrity(integrity);
  const digests = externalIntegrity === undefined ? undefined : checkDigests(externalIntegrity);
  if (retries !== undefined && !(Number.isInteger(retries) && (retries as number) >= 0)) {
    wrong('retries', 'a whole number from 0 on', showValue(retries));
  }
  return {
    cache: checkCache(cache),
    integrity: integrity as string | undefined,
    externalIntegrity: digests,
    retries: retries as number | undefined,
  };
}

function checkDigests(digests: unknown): Readonly<Record<string, string>> {
  const place = 'externalIntegrity';
  if (typeof digests !== 'object' || digests === null || Array.isArray(digests)) return wrong(place, 'an object of digests by name', showValue(digests));
  for (const [name, digest] of Object.entries(digests)) parseIntegrity(digest, `${place}.${name}`);
  return { ...digests };
}

function checkCache(cache: unknown): CacheSpec | undefined {
  if (cache === undefined || cache === false) return undefined;
  if (cache === true) return {};
  if (typeof cache === 'string' && cache !== '') return { version: cache };
  const expected = "true, false, a version or { version, folder }";
  if (typeof cache !== 'object' || cache === null || Array.isArray(cache)) return wrong('cache', expected, showValue(cache));
  checkOptions('cache', cache, CACHE_OPTIONS);
  const { version, folder } = cache as Record<string, unknown>;
  const isText = (value: unknown): value is string | undefined => value === undefined || (typeof value === 'string' && value !== '');
  if (!isText(version)) return wrong('cache.version', 'a text', showValue(version));
  if (!isText(folder)) return wrong('cache.folder', 'a path', showValue(folder));
  return { version, folder };
}
