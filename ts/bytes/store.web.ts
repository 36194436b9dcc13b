import { inMemory } from '../formats/stored.js';
import type { Kept, Store } from './store.js';

/** The name of the cache in Cache Storage. */
const NAME = 'receptive';
const VERSION_HEADER = 'x-receptive-version';

/** The browser's Cache Storage, or nothing where it has none: on pages that are not secure. */
export function openStore(_folder: string | undefined): Store | undefined {
  if (typeof caches !== 'object') return undefined;
  return { get: (url) => get(url).catch(() => undefined), put: (...args) => put(...args).catch(() => undefined) };
}

async function get(url: string): Promise<Kept | undefined> {
  const response = await (await caches.open(NAME)).match(url, { ignoreVary: true });
  if (!response) return undefined;
  const header = (name: string): string | undefined => response.headers.get(name) ?? undefined;
  return {
    etag: header('etag'),
    modified: header('last-modified'),
    version: header(VERSION_HEADER),
    open: async () => inMemory(new Uint8Array(await response.arrayBuffer())),
  };
}

async function put(url: string, bytes: Uint8Array, { etag, modified, version }: Parameters<Store['put']>[2]): Promise<void> {
  const entries = [['etag', etag], ['last-modified', modified], [VERSION_HEADER, version]] as const;
  const headers = new Headers(entries.filter((entry): entry is [(typeof entry)[0], string] => entry[1] !== undefined));
  await (await caches.open(NAME)).put(url, new Response(new Blob([bytes as Uint8Array<ArrayBuffer>]), { headers }));
}
