/** `npm run check:package`: publint, are-the-types-wrong, and the list of files in the tarball. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FILES } from './files.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** dist/node shares chunks, whose names are Rollup's. */
const SHARED = /^dist\/node\/shared-[\w.-]+\.js$/;
const MAX_BYTES = 8_200_000;

/** Runs a tool; shows what it says where it is not content. */
function run(name, file, ...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'node_modules', file), ...args], { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name} says:\n${stdout}${stderr}`);
  console.log(`${name}: clean`);
}

function checkFiles({ files, size }) {
  const present = files.map(({ path }) => path);
  const surplus = present.filter((path) => !FILES.includes(path) && !SHARED.test(path));
  const missing = FILES.filter((path) => !present.includes(path));
  if (surplus.length > 0 || missing.length > 0) {
    throw new Error(`the tarball lacks [${missing.join(', ')}] and should not have [${surplus.join(', ')}]`);
  }
  if (size > MAX_BYTES) throw new Error(`the tarball has ${size} bytes, more than ${MAX_BYTES}`);
  console.log(`${present.length} files, ${(size / 1e6).toFixed(2)} MB packed`);
}

const folder = mkdtempSync(join(tmpdir(), 'receptive-check-'));
try {
  const args = ['pack', '--json', '--silent', '--pack-destination', folder];
  const printed = execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  const [packed] = JSON.parse(printed.slice(printed.indexOf('[')));
  checkFiles(packed);
  const tarball = join(folder, packed.filename);
  run('publint', 'publint/src/cli.js', 'run', tarball, '--strict');
  // Not CommonJS and no node10: an ES module is what require() gives since Node 20.17. Scripts, models and .wasm files have no types.
  const options = ['--profile', 'esm-only', '--format', 'ascii', '--exclude-entrypoints', 'worker', 'worker-onnx', 'train-worker', 'wasm/*', 'assets/squeezenet1_1.safetensors', 'assets/lenet5.safetensors'];
  run('are-the-types-wrong', '@arethetypeswrong/cli/dist/index.js', tarball, ...options);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
