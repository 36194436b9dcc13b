import { isUnreachable } from './response.js';
import type { Reading } from './response.js';
import { inMemory } from '../formats/stored.js';
import type { ByteSource } from '../formats/stored.js';
import { compareDigest, expectIntegrity } from './integrity.js';
import type { FetchOptions } from './options.js';
import { openStore } from './store.platform.js';
import type { Kept, Store, Validators } from './store.js';
import { fetchWhole } from './transfer.js';

/**
 * The bytes at an http(s) URL, from the cache where that is wanted and the kept file is still good.
 * @throws `reading.Failure` naming the URL; IntegrityError; AbortedError
 */
export async function openFetched(url: string, reading: Reading, { cache, integrity, retries }: FetchOptions): Promise<ByteSource> {
  const store = cache && openStore(cache.folder);
  const kept = store && (await goodKept(store, url, cache.version, integrity));
  if (kept && cache?.version !== undefined) return arrived(kept.source, reading);
  const known = kept?.validators;
  const fetched = await fetchWhole(url, reading, { retries, known }).catch((error: unknown) => {
    // Better the file as it was than none: so a page works offline.
    if (kept && isUnreachable(error)) return undefined;
    throw error;
  });
  if (!fetched && kept) return arrived(kept.source, reading);
  if (!fetched) throw new reading.Failure(`${url}: the server says that nothing has changed, but nothing was there`, { place: url });
  const source = inMemory(fetched.bytes);
  await expectIntegrity(source, url, integrity);
  await store?.put(url, fetched.bytes, { etag: fetched.etag, modified: fetched.modified, version: cache?.version });
  return source;
}

interface Good {
  readonly source: ByteSource;
  readonly validators: Validators;
}

/** The kept file, if it is of the version and has the digest that are wanted. */
async function goodKept(store: Store, url: string, version: string | undefined, integrity: string | undefined): Promise<Good | undefined> {
  const kept: Kept | undefined = await store.get(url);
  if (!kept || (version !== undefined && kept.version !== version)) return undefined;
  const source = await kept.open().catch(() => undefined);
  if (!source) return undefined;
  if (integrity !== undefined && !(await compareDigest(source, integrity)).equal) return undefined;
  return { source, validators: { etag: kept.etag, modified: kept.modified } };
}

function arrived(source: ByteSource, { onProgress }: Reading): ByteSource {
  onProgress?.(source.byteLength, source.byteLength);
  return source;
}
