/**
 * `npm run test:package`: packs, installs the tarball in a fresh folder for every row, and really runs it there.
 *
 *   node tests/package/run.mjs [--rows node20,webpack] [--tarball FILE] [--keep]
 *
 * A row is a module of rows/ with a `title` and `check(context)`, which throws where the row fails and returns what the table
 * says beside it. `--keep` leaves the folders for a look.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pack, Skip } from './lib/project.mjs';

const ROWS = new URL('rows/', import.meta.url);

/** In the order of the table. */
const ORDER = [
  'readme', 'node20', 'node22', 'node24', 'bun', 'deno', 'workerd', 'eval', 'commonjs', 'jest', 'worker-threads', 'types-node16', 'types-bundler',
  'vite-dev', 'vite-build', 'vite7-dev', 'one-variant', 'react', 'vue', 'svelte', 'webpack', 'parcel', 'angular', 'esbuild', 'rollup', 'next',
  'train', 'page', 'page-script', 'elsewhere', 'elsewhere-bundle', 'isolated', 'csp', 'offline', 'embedded', 'wrong-mime', 'extension', 'assets',
  'mount-node', 'mount-next', 'mount-deno', 'mount-bun', 'container', 'manifests',
];

function chosenRows(text) {
  const present = readdirSync(ROWS).map((file) => file.replace(/\.mjs$/, ''));
  const names = text?.split(',') ?? [...ORDER, ...present.filter((name) => !ORDER.includes(name))];
  const unknown = names.filter((name) => !existsSync(new URL(`${name}.mjs`, ROWS)));
  if (unknown.length > 0) throw new Error(`no row ${unknown.join(', ')}; there are ${present.join(', ')}`);
  return names;
}

async function tryRow(name, shared) {
  const start = performance.now();
  let [title, verdict, said] = [name, 'pass', ''];
  try {
    const row = await import(new URL(`${name}.mjs`, ROWS).href);
    title = row.title;
    said = await row.check({ ...shared, name });
  } catch (error) {
    verdict = error instanceof Skip ? 'skip' : 'FAIL';
    said = error instanceof Error ? error.message : String(error);
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${verdict}  ${name.padEnd(15)} ${title.padEnd(62)} ${seconds.padStart(5)} s  ${said.replaceAll('\n', '\n      ')}`);
  return verdict;
}

async function main() {
  const { values } = parseArgs({ options: { rows: { type: 'string' }, tarball: { type: 'string' }, keep: { type: 'boolean' } } });
  const names = chosenRows(values.rows);
  const folder = mkdtempSync(join(tmpdir(), 'receptive-package-'));
  const tarball = values.tarball ? resolve(values.tarball) : pack(folder);
  const start = performance.now();
  const verdicts = [];
  for (const name of names) verdicts.push(await tryRow(name, { folder, tarball }));
  if (values.keep) console.log(`the folders are in ${folder}`);
  else rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  const count = (verdict) => verdicts.filter((found) => found === verdict).length;
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(`\n${count('pass')} of ${names.length} passed, ${count('FAIL')} failed, ${count('skip')} skipped, ${seconds} s`);
  if (count('FAIL') > 0) process.exitCode = 1;
}

await main();
