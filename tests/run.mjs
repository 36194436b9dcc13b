/** `npm test`: sets up, then every check in turn; stops at the first that fails and says how long each took. */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasRustSrc, VARIANTS } from '../crates/build.mjs';
import { findChromium } from './support/chromium-path.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const CARGO = ['--manifest-path', 'crates/Cargo.toml'];
const WASM = ['-p', 'receptive-wasm', '-p', 'receptive-train-wasm', '-p', 'receptive-lessons', '--target', 'wasm32-unknown-unknown', '--target-dir', 'crates/target/lint'];
const VITEST = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'tests/vitest.config.ts', '--project'];
const node = process.execPath;

const clippy = (args, flags) => ['cargo', ['clippy', '-q', ...CARGO, ...args, '--', '-D', 'warnings'], { RUSTFLAGS: flags }];

/** The threaded variants' own code: checked along with the standard library, hence in a folder of its own. */
function clippyThreads() {
  const { flags, args, env } = VARIANTS['simd-threads'];
  const wasm = [...WASM.slice(0, -1), 'crates/target/lint-threads', ...args];
  const [command, all] = clippy(wasm, flags);
  return [command, all, { RUSTFLAGS: flags, ...env }];
}

const STEPS = [
  ['set-up', node, ['crates/setup.mjs']],
  ['rustfmt', 'cargo', ['fmt', ...CARGO, '--all', '--check']],
  ['cargo test', 'cargo', ['test', '-q', ...CARGO]],
  ['cargo test, wide tiles', 'cargo', ['test', '-q', ...CARGO, '-p', 'receptive-kernels', '--features', 'wide']],
  ['clippy, native', ...clippy(['-p', 'receptive-kernels', '-p', 'receptive-program', '-p', 'receptive-train', '-p', 'receptive-lessons', '--all-targets'], '')],
  ['clippy, wasm simd', ...clippy(WASM, '-C target-feature=+simd128')],
  ['clippy, wasm relaxed', ...clippy(WASM, '-C target-feature=+simd128,+relaxed-simd')],
  ['clippy, wasm wide', ...clippy(['-p', 'receptive-wasm', '--features', 'wide', ...WASM.slice(-4)], '-C target-feature=+simd128,+relaxed-simd')],
  ...(hasRustSrc() ? [['clippy, wasm threads', ...clippyThreads()]] : []),
  ['rustdoc', 'cargo', ['doc', '-q', ...CARGO, '--no-deps', '-p', 'receptive-kernels', '-p', 'receptive-program', '-p', 'receptive-train', '-p', 'receptive-lessons'], { RUSTDOCFLAGS: '-D warnings' }],
  ['tsc', node, ['node_modules/typescript/bin/tsc', '-p', '.']],
  ['tsc, lecture page', node, ['node_modules/typescript/bin/tsc', '-p', 'examples/page']],
  ['eslint', 'npm', ['run', '--silent', 'lint']],
  ['circular imports', 'npm', ['run', '--silent', 'circular']],
  ['API reference', node, ['node_modules/typedoc/bin/typedoc', '--options', 'tests/typedoc.json']],
  ['sizes', node, ['tests/package/size.mjs']],
  ['package', node, ['tests/package/check.mjs']],
  ['vitest, Node', node, [...VITEST, 'node', '--project', 'variants']],
  ['vitest, Chromium', node, [...VITEST, 'browser', '--project', 'browser-plain']],
  ['vitest, lecture page', node, [...VITEST, 'page']],
];

/** What needs a browser. */
const BROWSER = new Set(['vitest, Chromium', 'vitest, lecture page']);
const REMEDY = `No Chromium was found, so the browser tests cannot run.
Install it (Debian, Ubuntu: apt-get install chromium) or name one in CHROME_PATH.
To test without a browser on purpose: RECEPTIVE_NO_BROWSER=1 npm test`;

const times = [];
for (const [name, command, args, env] of STEPS) {
  if (BROWSER.has(name) && findChromium() === undefined) {
    console.error(`\n${'!'.repeat(72)}\n${REMEDY}\n${'!'.repeat(72)}`);
    if (!process.env.RECEPTIVE_NO_BROWSER) process.exit(1);
    times.push(`${name}: LEFT OUT (RECEPTIVE_NO_BROWSER)`);
    continue;
  }
  console.log(`\n== ${name}`);
  const start = performance.now();
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } });
  times.push(`${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  if (error || status !== 0) {
    console.error(`\n${name} failed${error ? `: ${error.message}` : ''}`);
    process.exit(1);
  }
}
console.log(`\nAll passed.\n${times.join('\n')}`);
