/** Builds the variants by wasm-pack and by xtask and fails unless every file is the same, byte for byte. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { build } from '../crates/build.mjs';

function files(folder, root = folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path, root) : [relative(root, path)];
  });
}

/** wasm-pack adds these; nothing here uses them. */
const EXTRA = /(^|\/)(\.gitignore|package\.json|README\.md|LICENSE)$/;

const folder = mkdtempSync(join(tmpdir(), 'receptive-routes-'));
const [pack, xtask] = [join(folder, 'wasm-pack'), join(folder, 'xtask')];
build({ route: 'wasm-pack', out: pack });
build({ route: 'xtask', out: xtask });
const names = [...new Set([...files(pack), ...files(xtask)])].filter((name) => !EXTRA.test(name)).sort();
const different = names.filter((name) => {
  try {
    return !readFileSync(join(pack, name)).equals(readFileSync(join(xtask, name)));
  } catch {
    return true;
  }
});
if (different.length > 0) {
  console.error(`the routes differ in ${different.join(', ')} (kept in ${folder})`);
  process.exit(1);
}
rmSync(folder, { recursive: true });
console.log(`both routes give the same ${names.length} files`);
