/** `npm run check:package`: publint, are-the-types-wrong, and the list of files in the tarball. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** All that is to be in the tarball; what is built without rust-src lacks the threaded variants. */
const FILES = [
  'package.json', 'README.md', 'LICENSE', 'NOTICE', 'CHANGELOG.md', 'examples/assets/squeezenet1_1.safetensors', 'examples/assets/lenet5.safetensors',
  ...['browser.md', 'convolution.svg', 'detection.md', 'errors.md', 'format.md', 'internals.md', 'learner.ko.md', 'learner.md', 'learning.md', 'models.md', 'service.md', 'training.md'].map((name) => `examples/guides/${name}`),
  'dist/cli.js', 'dist/embedded.js', 'dist/assets.js',
  ...['all', 'index', 'layers', 'image', 'models', 'save', 'lessons', 'vision', 'inline', 'inline-onnx', 'inline-where', 'worker', 'worker-onnx', 'train', 'train-inline', 'train-worker'].map((name) => `dist/web/${name}.js`),
  ...['all', 'index', 'layers', 'image', 'models', 'save', 'lessons', 'vision', 'inline', 'inline-onnx', 'inline-where', 'worker', 'worker-onnx', 'train', 'train-worker'].map((name) => `dist/simd/${name}.js`),
  ...['index', 'layers', 'image', 'models', 'save', 'lessons', 'vision', 'inline', 'inline-onnx', 'inline-where', 'worker', 'worker-onnx', 'train', 'train-inline', 'train-worker'].map((name) => `dist/node/${name}.js`),
  ...['index', 'layers', 'image', 'models', 'inline', 'embedded', 'assets', 'save', 'lessons', 'vision', 'shared', 'train', 'train-inline'].map((name) => `dist/types/${name}.d.ts`),
  ...['', 'train-'].flatMap((kind) => ['scalar', 'simd', 'relaxed', 'simd-threads', 'relaxed-threads'].map((name) => `dist/wasm/${kind}${name}.wasm`)),
  'dist/wasm/lessons.wasm',
];

/** dist/node shares chunks, whose names are Rollup's. */
const SHARED = /^dist\/node\/shared-[\w.-]+\.js$/;
const MAX_BYTES = 7_400_000;

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
