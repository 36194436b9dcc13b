/**
 * Builds every wasm variant into crates/pkg/<variant>/: cargo, then wasm-bindgen's glue (by wasm-pack where it is installed
 * in the right version, else by the xtask crate; the output is the same), then binaryen.
 *
 *   node crates/build.mjs [--route auto|wasm-pack|xtask] [--out DIR] [--variants scalar,train-simd,... [--raw] | --lessons | --tool]
 *
 * Those of inference have one glue, and those of training another, which are written with all of them; for some, setup.mjs does.
 * The lessons are a module of their own without glue, built with all of them or alone. With --raw binaryen is left out: the module
 * computes the same and is a fifth larger.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeGlue } from './glue.mjs';

const CRATES = dirname(fileURLToPath(import.meta.url));
const TARGET = join(CRATES, 'target');
const WASM_PACK = '0.15.1';
const WASM_BINDGEN = '0.2.130';

/** Disables loop strength reduction: wasm loads take a constant offset for free, LSR turns it into an add (10 % of a GEMM). */
const NO_LSR = 'llvm-args=-disable-lsr';
const OFFSETS = `-C ${NO_LSR}`;

/** Shared memory, given by the caller so that all threads have the same; and what wasm-bindgen needs for their own variables. */
const SHARED =
  `-C target-feature=+simd128,+atomics,+bulk-memory,+mutable-globals ${OFFSETS} ` +
  '-C link-arg=--shared-memory -C link-arg=--import-memory ' +
  '-C link-arg=--max-memory=4294967296 -C link-arg=--export=__wasm_init_tls -C link-arg=--export=__tls_size ' +
  '-C link-arg=--export=__tls_align -C link-arg=--export=__tls_base';

/** The shipped standard library has no atomics: it is compiled along. Unstable, hence the bootstrap switch. */
const BUILD_STD = ['-Zbuild-std=std,panic_abort'];

/** A setting of the release profile for our crates alone, not the standard library. */
const ours = (setting) =>
  ['receptive-kernels', 'receptive-program', 'receptive-train', 'receptive-train-wasm', 'receptive-wasm'].flatMap((crate) => [
    '--config', `profile.release.package.${crate}.${setting}`,
  ]);

/** Flags of our crates alone: in RUSTFLAGS they would compile the standard library once more. */
const flagged = (...flags) => ['-Zprofile-rustflags', ...ours(`rustflags=${JSON.stringify(flags)}`)];

const RELAXED = flagged('-Ctarget-feature=+relaxed-simd');

/** A folder of its own: the switch changes the fingerprint of every crate. */
const withStd = (target, flags, args) => ({
  flags,
  // More units compile the standard library faster, but would make the kernels 10 % slower.
  args: [...BUILD_STD, ...ours('codegen-units=1'), ...args],
  target: join(TARGET, target),
  env: { RUSTC_BOOTSTRAP: '1', CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16' },
});

const threaded = (args) => withStd('threads', SHARED, args);

const single = (flags) => ({ flags, args: [], target: TARGET, env: {} });

/**
 * With tiles for engines that pair vectors. The order of memory's reads and writes stays that of the source: an engine pairs neighbours only
 * where nothing that touches memory stands between them.
 */
const widened = (how) => ({ ...how, flags: `${how.flags} -C llvm-args=-pre-RA-sched=source`, args: [...how.args, '--features', 'wide'] });

/** How each instruction set is compiled. */
const SETS = {
  scalar: single(''),
  simd: single(`-C target-feature=+simd128 ${OFFSETS}`),
  relaxed: single(`-C target-feature=+simd128,+relaxed-simd ${OFFSETS}`),
  'simd-threads': threaded([]),
  'relaxed-threads': threaded(RELAXED),
  wide: widened(single(`-C target-feature=+simd128,+relaxed-simd ${OFFSETS}`)),
  'wide-threads': widened(threaded(RELAXED)),
};

/**
 * Training has many kernels, most of them short. A panic is a trap at once, for nobody could read its message (a tenth of the module); loops
 * of vectors are not written out a second time, and functions are copied into their callers only where they are short (another tenth).
 */
const TRAP = '-Zunstable-options -Cpanic=immediate-abort';
const SMALL_STD = '-Zbuild-std-features=optimize_for_size';
const LEAN = ['-Cllvm-args=-force-vector-interleave=1', '-Cllvm-args=-inline-threshold=30'];

/** Of one standard library for all instruction sets: our crates alone are told theirs. */
const lean = (...flags) => withStd('train', TRAP, [SMALL_STD, ...flagged(...flags, ...LEAN)]);
const leanThreads = (...flags) => withStd('train-threads', `${SHARED} ${TRAP}`, [SMALL_STD, ...flagged(...flags, ...LEAN)]);

const TRAIN_SETS = {
  scalar: lean(),
  simd: lean('-Ctarget-feature=+simd128', `-C${NO_LSR}`),
  relaxed: lean('-Ctarget-feature=+simd128,+relaxed-simd', `-C${NO_LSR}`),
  'simd-threads': leanThreads(),
  'relaxed-threads': leanThreads('-Ctarget-feature=+relaxed-simd'),
};

/** The variants of a crate in the folder `crates/<folder>`. */
const variantsOf = (folder, prefix, sets) =>
  Object.fromEntries(Object.entries(sets).map(([name, how]) => [`${prefix}${name}`, { ...how, folder }]));

/** Inference, and training in a module of its own. */
export const VARIANTS = { ...variantsOf('wasm', '', SETS), ...variantsOf('train-wasm', 'train-', TRAIN_SETS) };

/** Where the standard library's sources are missing: variants of one thread as the shipped library allows. */
const WITHOUT_STD = { ...variantsOf('wasm', '', SETS), ...variantsOf('train-wasm', 'train-', SETS) };

/** Passes that shrink the module without the reordering of -O3, which costs some V8 versions 6 to 9 %. */
const PASSES =
  '--duplicate-function-elimination --memory-packing --remove-unused-names --vacuum --optimize-instructions --precompute ' +
  '--dae-optimizing --inlining-optimizing --remove-unused-module-elements --strip-debug --strip-producers';

/**
 * Of wide modules: a constant that is added to an address becomes the offset of the access, by which an engine knows neighbours. No access
 * wraps around, for the lowest kB is the end of the stack, which nothing that is valid reaches.
 */
const WIDE_PASSES = `--low-memory-unused --optimize-added-constants ${PASSES}`;

/** Tools installed for this build only, kept outside of node_modules. */
const TOOLS = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'receptive-tools', 'bin');
const ENV = { ...process.env, PATH: `${process.env.PATH}${delimiter}${TOOLS}` };

function run(command, args, env = {}) {
  // The compiler warns at every crate that atomics are unstable: of these builds, only failures are shown.
  const unstable = 'RUSTC_BOOTSTRAP' in env;
  try {
    execFileSync(command, args, { stdio: ['ignore', 'inherit', unstable ? 'pipe' : 'inherit'], env: { ...ENV, ...env } });
  } catch (error) {
    if (unstable) process.stderr.write(error.stderr ?? '');
    throw error;
  }
}

function versionOf(command) {
  try {
    return execFileSync(command, ['--version'], { encoding: 'utf8', env: ENV, stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'not installed';
  }
}

/** wasm-pack without its own downloads needs wasm-bindgen of the locked version beside it. */
function chooseRoute(wanted) {
  const [pack, bindgen] = [versionOf('wasm-pack'), versionOf('wasm-bindgen')];
  const present = pack.endsWith(WASM_PACK) && bindgen.endsWith(WASM_BINDGEN);
  if (wanted === 'wasm-pack' && !present) {
    throw new Error(
      `route wasm-pack needs wasm-pack ${WASM_PACK} and wasm-bindgen ${WASM_BINDGEN} on the PATH (found: ${pack}, ${bindgen}); ` +
        `cargo install wasm-pack --version ${WASM_PACK} --locked && cargo install wasm-bindgen-cli --version ${WASM_BINDGEN}`,
    );
  }
  if (wanted !== 'auto') return wanted;
  return present ? 'wasm-pack' : 'xtask';
}

const TRIPLE = 'wasm32-unknown-unknown';

const MANIFEST = join(CRATES, 'Cargo.toml');

/** Compiles a crate and returns the module. */
function compile(crate, { flags, args, target, env }) {
  const cargo = ['build', '-q', '--manifest-path', MANIFEST, '-p', crate, '--release', '--target', TRIPLE];
  run('cargo', [...cargo, '--target-dir', target, ...args], { RUSTFLAGS: flags, ...env });
  return join(target, TRIPLE, 'release', `${crate.replaceAll('-', '_')}.wasm`);
}

/** In a folder of its own: cargo locks a folder, and the tool may be compiled while a module is. */
const XTASK = ['-q', '--manifest-path', MANIFEST, '-p', 'xtask', '--profile', 'tool', '--target-dir', join(TARGET, 'tool')];

/** Compiles the tool that writes the glue, where it is needed. */
export function buildTool() {
  if (chooseRoute('auto') === 'xtask') run('cargo', ['build', ...XTASK], { RUSTFLAGS: '' });
}

function byXtask(how, out) {
  const module = compile(`receptive-${how.folder}`, how);
  run('cargo', ['run', ...XTASK, '--', module, out], { RUSTFLAGS: '' });
}

function byWasmPack({ folder, flags, args, target, env }, out) {
  const options = ['--target', 'web', '--mode', 'no-install', '--no-opt', '--no-pack', '--out-name', 'receptive'];
  const cargo = ['--target-dir', target, ...args];
  run('wasm-pack', ['--quiet', 'build', join(CRATES, folder), ...options, '--out-dir', out, '--', ...cargo], {
    RUSTFLAGS: flags,
    ...env,
  });
  const glue = join(out, 'receptive.js');
  writeFileSync(glue, withoutDefaultUrl(readFileSync(glue, 'utf8')));
  const types = join(out, 'receptive.d.ts');
  writeFileSync(types, requireModule(readFileSync(types, 'utf8')));
}

/** wasm-pack cannot pass --omit-default-module-path on: this is all that the option changes in the glue. */
function withoutDefaultUrl(glue) {
  const text = glue.replace(/\n    if \(module_or_path === undefined\) \{\n        module_or_path = new URL\([^\n]*\);\n    \}\n/, '\n\n');
  if (text === glue && glue.includes('new URL(')) throw new Error('the glue has a default URL of an unknown form');
  return text;
}

/** And in the types: the module is no longer optional. */
function requireModule(types) {
  return types.replace(/function __wbg_init \(module_or_path\?: /, 'function __wbg_init (module_or_path: ');
}

/** Whether the standard library's sources are there, without which the threaded variants cannot be built. */
export function hasRustSrc() {
  const root = execFileSync('rustc', ['--print', 'sysroot'], { cwd: CRATES, encoding: 'utf8', env: ENV }).trim();
  return existsSync(join(root, 'lib', 'rustlib', 'src', 'rust', 'library', 'std', 'Cargo.toml'));
}

const NO_RUST_SRC = `wasm: rust-src is not installed, so the threaded variants are left out: models will compute on one thread, and modules
  of training are larger.
  Run \`rustup component add rust-src\` where the network allows it, then build again.`;

/** The variants named in a comma-separated list, or all. */
function chooseVariants(list) {
  const all = Object.keys(VARIANTS);
  const names = list?.split(',') ?? all;
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined) throw new Error(`variants: expected some of ${all.join(', ')}, got ${unknown}`);
  return names;
}

/** Makes a module small. */
function shrink(from, to, passes = PASSES) {
  run(process.execPath, [join(CRATES, '..', 'node_modules', 'binaryen', 'bin', 'wasm-opt'), ...passes.split(' '), from, '-o', to]);
}

/** The module of crates/lessons, with SIMD. */
export function buildLessons({ out = join(CRATES, 'pkg') } = {}) {
  const folder = join(resolve(out), 'lessons');
  mkdirSync(folder, { recursive: true });
  console.error('wasm lessons');
  shrink(compile('receptive-lessons', VARIANTS.simd), join(folder, 'lessons.wasm'));
}

export function build({ route = 'auto', out = join(CRATES, 'pkg'), variants, raw = false } = {}) {
  const wanted = chooseVariants(variants);
  const chosen = chooseRoute(route);
  const sources = hasRustSrc();
  if (!sources) console.error(NO_RUST_SRC);
  for (const variant of wanted) {
    const how = (sources ? VARIANTS : WITHOUT_STD)[variant];
    const folder = join(resolve(out), variant);
    if (how.target !== TARGET && !sources) {
      rmSync(folder, { recursive: true, force: true });
      continue;
    }
    mkdirSync(folder, { recursive: true });
    console.error(`wasm ${variant} (${chosen})`);
    (chosen === 'wasm-pack' ? byWasmPack : byXtask)(how, folder);
    const module = join(folder, 'receptive_bg.wasm');
    if (!raw) shrink(module, module, variant.startsWith('wide') ? WIDE_PASSES : PASSES);
  }
  if (variants) return;
  buildLessons({ out });
  writeGlue(resolve(out));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = { type: 'string' };
  const flag = { type: 'boolean' };
  const { values } = parseArgs({ options: { route: text, out: text, variants: text, raw: flag, lessons: flag, tool: flag } });
  if (values.tool) buildTool();
  else (values.lessons ? buildLessons : build)(values);
}
