/**
 * Makes a fresh clone ready: npm packages, the wasm32 target, wasm variants, bundles. Only what is missing or older than
 * its sources is made, so a second call takes a fraction of a second. Uses nothing but Node itself.
 *
 *   node crates/setup.mjs [--least]
 *
 * With --least only what the command line needs in Node: one wasm variant of the five, as it is before it is made small, no training, no
 * lessons, and no bundles for the web.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VARIANTS as BUILT } from './build.mjs';
import { writeGlue } from './glue.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const SKIPPED = new Set(['node_modules', 'target', 'pkg', 'dist', '.build', '.git']);

function fail(problem, remedy) {
  console.error(`setup: ${problem}\n  ${remedy}`);
  process.exit(1);
}

/** Runs a command while others may run beside it. Resolves to nothing, or to what failed. */
async function attempt(command, args) {
  const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  const end = () => child.kill();
  process.on('exit', end);
  const failure = await new Promise((resolve) => child.on('exit', (code) => resolve(code === 0 ? undefined : '')).on('error', (error) => resolve(` (${error.message})`)));
  process.off('exit', end);
  return failure;
}

async function run(command, args, problem, remedy) {
  const failure = await attempt(command, args);
  if (failure !== undefined) fail(`${problem}${failure}`, remedy);
}

/** Path, size and time of every file: changes with any edit, and takes milliseconds. */
function fingerprint(paths) {
  const hash = createHash('sha256').update(process.version);
  const visit = (path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) return;
    if (!stat.isDirectory()) return void hash.update(`${path}\0${stat.size}\0${stat.mtimeMs}\n`);
    for (const name of readdirSync(path).sort()) if (!SKIPPED.has(name)) visit(join(path, name));
  };
  paths.forEach((path) => visit(join(ROOT, path)));
  return hash.digest('hex');
}

/** Whether the stamp says that the work was done for these sources. */
function isDone(stampFile, sources) {
  const stamp = join(ROOT, stampFile);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint(sources);
}

/** Does the work unless its stamp says that it was done. Work that returns false is tried again next time. */
async function step(name, stampFile, sources, work) {
  if (isDone(stampFile, sources)) return;
  const stamp = join(ROOT, stampFile);
  const start = performance.now();
  console.error(`setup: ${name} ...`);
  if ((await work()) === false) return;
  mkdirSync(dirname(stamp), { recursive: true });
  // Taken again: making something may touch its own sources, as a lock file.
  writeFileSync(stamp, fingerprint(sources));
  console.error(`setup: ${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

const [major, minor] = process.versions.node.split('.').map(Number);
// As the bundler and the test runner want it.
const isNew = major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);
if (!isNew) fail(`Node ${process.version} is too old`, 'Install Node 20.19, 22.12 or newer from https://nodejs.org');

/** Begins at once; what needs no package is made meanwhile. */
const packages = step('npm packages', 'node_modules/.receptive-stamp', ['package-lock.json'], () =>
  run('npm', ['ci', '--no-audit', '--no-fund'], 'npm ci failed', 'The npm registry must be reachable once; then run this again.'),
);

/** Written when rust-src is there, so that its arrival is a reason to build anew. */
const RUST_SRC = 'crates/target/.receptive-rust-src';

await step('wasm32 target', 'crates/target/.receptive-target', ['crates/Cargo.toml'], () => {
  const installed = spawnSync('rustup', ['target', 'list', '--installed'], { encoding: 'utf8' });
  if (installed.error) fail('rustup was not found', 'Install Rust from https://rustup.rs and open a new terminal.');
  if (installed.stdout.includes('wasm32-unknown-unknown')) return;
  const remedy = 'Run `rustup target add wasm32-unknown-unknown` where the network allows it, then this again.';
  return run('rustup', ['target', 'add', 'wasm32-unknown-unknown'], 'the wasm32 target could not be added', remedy);
});

await step('the sources of Rust\'s standard library', RUST_SRC, ['crates/Cargo.toml'], async () => {
  if ((await attempt('rustup', ['component', 'add', 'rust-src'])) === undefined) return true;
  console.error('setup: rust-src could not be added: without it models compute on one thread, all else works');
  return false;
});

const VARIANTS = Object.keys(BUILT);
const stampOf = (variant) => `crates/pkg/${variant}/.stamp`;

/** What the engine is made of: neither the lessons nor training, so that who breaks a line of those need not wait for the engine. */
const ALL = readdirSync(join(ROOT, 'crates')).filter((name) => !SKIPPED.has(name));
const paths = (...others) => ALL.filter((name) => !others.includes(name)).map((name) => `crates/${name}`);
const ENGINE = paths('lessons', 'train', 'train-wasm');
// One file of the module of inference is compiled into that of training as well.
const TRAINING = [...paths('lessons', 'wasm'), 'crates/wasm/src/module.rs'];
const cratesOf = (variant) => (variant.startsWith('train-') ? TRAINING : ENGINE);
const sourcesOf = (variant) => (variant.endsWith('threads') ? [...cratesOf(variant), RUST_SRC] : cratesOf(variant));

/** Where the rest is built already, leaving it out would only mean to build it again. */
const least = process.argv.includes('--least') && !VARIANTS.every((variant) => isDone(stampOf(variant), sourcesOf(variant)));
const variants = least ? ['simd'] : VARIANTS;

/** A module that was not made small has a stamp of its own: the whole build makes it small. */
const raw = least && !isDone(stampOf('simd'), sourcesOf('simd'));
const stampHere = (variant) => (raw ? `${stampOf(variant)}-raw` : stampOf(variant));

const BUNDLED = ['ts', 'rollup.config.mjs', 'tsconfig.json', 'package.json', ...['glue.js', 'glue-threads.js', 'glue-train.js'].map((file) => `crates/pkg/${file}`)];
const BUNDLES = [least ? 'dist/.stamp-least' : 'dist/.stamp', [...BUNDLED, ...variants.map(stampHere), ...(least ? [] : [stampOf('lessons')])]];
const TSC = 'node_modules/typescript/bin/tsc';

/** What must be neither found nor packed once it is no source any more. */
function clear() {
  for (const folder of ['.build', 'dist']) rmSync(join(ROOT, folder), { recursive: true, force: true });
}

const script = (...args) => run(process.execPath, args, 'the bundles could not be built', 'The bundler or tsc says why above.');
const ROLLUP = ['node_modules/rollup/dist/bin/rollup', '-c', '--silent'];

/** For the least, the scripts are made while the Rust compiler runs: they find its glue beside them later, and their types are left to `npm test`. */
async function makeScripts() {
  await packages;
  clear();
  await script('crates/least.mjs');
}
const scripts = least && !isDone(...BUNDLES) ? makeScripts() : undefined;

// Compiled at the same time where it is needed; the build of the variant waits for it, and says what is wrong.
if (raw && !isDone(stampHere('simd'), sourcesOf('simd'))) void attempt(process.execPath, ['crates/build.mjs', '--tool']);

// Making modules small needs a package.
if (!raw) await packages;

function makeVariant(variant) {
  return step(`WebAssembly, ${variant}`, stampHere(variant), sourcesOf(variant), () => {
    const remedy = 'The compiler says why above. crates.io must be reachable for the first build.';
    return run(process.execPath, ['crates/build.mjs', '--variants', variant, ...(raw ? ['--raw'] : [])], 'the wasm module could not be built', remedy);
  });
}

/** Those that share a folder of cargo would wait for each other. */
const lines = [...new Set(variants.map((variant) => BUILT[variant].target))].map((target) => variants.filter((variant) => BUILT[variant].target === target));

/** Takes lines until none is left: linking is the work of one core. */
async function makeLines() {
  for (let line = lines.pop(); line; line = lines.pop()) for (const variant of line) await makeVariant(variant);
}
await Promise.all(Array.from({ length: availableParallelism() }, makeLines));
writeGlue(undefined, variants);

if (!least) {
  await step('WebAssembly, lessons', stampOf('lessons'), ['crates/lessons', 'crates/Cargo.toml', 'crates/build.mjs'], () =>
    run(process.execPath, ['crates/build.mjs', '--lessons'], 'the lessons could not be built', 'The compiler says why above.'),
  );
}

await packages;
await scripts;

/** What the Rust compiler made, to where the scripts look for it. */
function placeBeside() {
  mkdirSync(join(ROOT, 'dist/wasm'), { recursive: true });
  for (const file of ['glue.js', 'glue-threads.js']) copyFileSync(join(ROOT, 'crates/pkg', file), join(ROOT, 'dist/node', file));
  for (const variant of variants) copyFileSync(join(ROOT, 'crates/pkg', variant, 'receptive_bg.wasm'), join(ROOT, 'dist/wasm', `${variant}.wasm`));
}

await step('bundles', ...BUNDLES, async () => {
  if (least) return placeBeside();
  clear();
  await Promise.all(['build', 'types'].map((config) => script(TSC, '-p', `ts/tsconfig.${config}.json`)));
  await Promise.all(['0', '1'].map((half) => script(...ROLLUP, '--configHalf', half)));
});
