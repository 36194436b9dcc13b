import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir, platform } from 'node:os';
import { join } from 'node:path';
import { openFileSource } from './file-source.node.js';
import type { Kept, Store } from './store.js';

/** What lies beside a kept file, and names it: replaced as a whole, so that two processes never mix two files. */
interface Entry {
  readonly url: string;
  readonly file: string;
  readonly bytes: number;
  readonly etag?: string | undefined;
  readonly modified?: string | undefined;
  readonly version?: string | undefined;
}

/** A folder of kept files. */
export function openStore(folder = cacheFolder()): Store | undefined {
  return {
    get: (url) => get(folder, url).catch(() => undefined),
    put: (...args) => put(folder, ...args).catch(() => undefined),
  };
}

function cacheFolder(): string {
  const { env } = process;
  const system = { darwin: join(homedir(), 'Library', 'Caches'), win32: env['LOCALAPPDATA'] }[platform() as string];
  return join(env['XDG_CACHE_HOME'] ?? system ?? join(homedir(), '.cache'), 'receptive');
}

const keyOf = (url: string): string => createHash('sha256').update(url).digest('hex').slice(0, 32);

async function read(folder: string, url: string): Promise<Entry | undefined> {
  const entry = JSON.parse(await readFile(join(folder, `${keyOf(url)}.json`), 'utf8')) as Entry;
  return entry.url === url && /^[\w.-]+$/.test(entry.file) ? entry : undefined;
}

async function get(folder: string, url: string): Promise<Kept | undefined> {
  const entry = await read(folder, url);
  if (!entry) return undefined;
  const { etag, modified, version } = entry;
  const path = join(folder, entry.file);
  // Cut off, as by a full disk: then it is as if it were not there.
  if ((await stat(path)).size !== entry.bytes) return undefined;
  return { etag, modified, version, open: () => Promise.resolve(openFileSource(path, undefined)) };
}

async function put(folder: string, url: string, bytes: Uint8Array, about: Parameters<Store['put']>[2]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const before = await read(folder, url).catch(() => undefined);
  const key = keyOf(url);
  const file = `${key}.${randomUUID()}.bin`;
  const entry: Entry = { url, file, bytes: bytes.byteLength, ...about };
  const written = join(folder, `${file}.json`);
  try {
    await writeFile(join(folder, file), bytes);
    await writeFile(written, JSON.stringify(entry));
    await rename(written, join(folder, `${key}.json`));
  } catch (error) {
    await Promise.all([file, `${file}.json`].map((name) => rm(join(folder, name), { force: true })));
    throw error;
  }
  if (before) await rm(join(folder, before.file), { force: true });
}
