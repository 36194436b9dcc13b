import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type * as Library from '../../ts/entries/index.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * The built library with one of its scripts changed.
 * @param folder - where a copy is made
 */
export async function modified(folder: string, script: string, replace: (text: string) => string): Promise<typeof Library> {
  const at = mkdtempSync(join(folder, 'dist-'));
  cpSync(join(root, 'dist/node'), join(at, 'node'), { recursive: true });
  symlinkSync(join(root, 'dist/wasm'), join(at, 'wasm'));
  symlinkSync(join(root, 'node_modules'), join(at, 'node_modules'));
  writeFileSync(join(at, 'package.json'), '{ "type": "module" }');
  const path = join(at, 'node', script);
  const text = readFileSync(path, 'utf8');
  const changed = replace(text);
  if (changed === text) throw new Error(`${script}: there is nothing to replace`);
  writeFileSync(path, changed);
  return (await import(pathToFileURL(join(at, 'node/index.js')).href)) as typeof Library;
}
