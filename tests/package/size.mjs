/**
 * `npm run size`: what users download, gzip at level 9, against the limits. A limit is raised only in the commit that says why.
 *
 * "app" rows are bundled by Vite, as an application would be, without its workers; the others are the files themselves.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const dist = (name) => readFileSync(`${ROOT}dist/${name}`);
const gzip = (...files) => files.reduce((sum, file) => sum + gzipSync(file, { level: 9 }).length, 0);
const kB = (bytes) => (bytes / 1000).toFixed(1);

/** An application of one file that imports this; its code without that of workers. */
async function app(code) {
  const entry = 'virtual:app';
  const source = { name: 'app', resolveId: (id) => (id === entry ? id : null), load: (id) => (id === entry ? code : null) };
  const alias = [
    { find: /^receptive$/, replacement: `${ROOT}dist/web/all.js` },
    { find: /^receptive\/(\w+)$/, replacement: `${ROOT}dist/web/$1.js` },
  ];
  const { output } = await build({
    root: ROOT, configFile: false, logLevel: 'error', resolve: { alias }, plugins: [source],
    build: { write: false, rollupOptions: { input: entry, preserveEntrySignatures: 'strict' }, modulePreload: false, assetsInlineLimit: 0 },
  });
  return output.filter(({ type, fileName }) => type === 'chunk' && !/worker/.test(fileName)).map(({ code: text }) => Buffer.from(text));
}

const [PAGE, WORKER, WORKER_ONNX] = ['web/index.js', 'web/worker.js', 'web/worker-onnx.js'].map(dist);
const LAYERS = await app("export { conv2d, relu, sequential, linear, flatten, load, tensor } from 'receptive';");

const isBuilt = (name) => existsSync(`${ROOT}dist/wasm/${name}.wasm`);
const withWasm = (worker, name) => [
  `page + ${worker}.js + ${name}.wasm`, gzip(PAGE, dist(`web/${worker}.js`), dist(`wasm/${name}.wasm`)),
];

/** What is measured, and the most that it may be, in bytes. */
const ROWS = [
  ['page script: dist/web/index.js', gzip(PAGE), 17_600],
  ["app: { load } from 'receptive'", gzip(...(await app("export { load } from 'receptive';"))), 14_500],
  ["app: { load, tensor, conv2d, ... } from 'receptive'", gzip(...LAYERS), 18_700],
  ["app: { resnet18 } from 'receptive/models'", gzip(...(await app("export { resnet18 } from 'receptive/models';"))), 9_200],
  ['worker for graphs and safetensors', gzip(WORKER), 70_200],
  ['inline entry, without ONNX', gzip(dist('web/inline.js')), 75_500],
  ['inline entry that detects or segments, without ONNX', gzip(dist('web/inline.js'), dist('web/inline-where.js')), 90_400],
  ['worker with ONNX', gzip(WORKER_ONNX), 130_300],
  ...['simd', 'relaxed', 'simd-threads', 'relaxed-threads'].filter(isBuilt).map((name) => [...withWasm('worker', name), 251_300]),
  ...['simd', 'relaxed', 'simd-threads', 'relaxed-threads'].filter(isBuilt).map((name) => [...withWasm('worker-onnx', name), 311_400]),
  ['lessons: lessons.js + lessons.wasm, without the page script', gzip(dist('web/lessons.js'), dist('wasm/lessons.wasm')), 27_500],
  ['vision: metrics and data sets', gzip(dist('web/vision.js')), 18_700],
  ['lessons.wasm alone', gzip(dist('wasm/lessons.wasm')), 25_000],
  ...['simd', 'relaxed', 'simd-threads', 'relaxed-threads', 'scalar'].map((name) => `train-${name}`).filter(isBuilt).map((name) => [`${name}.wasm alone`, gzip(dist(`wasm/${name}.wasm`)), name === 'train-scalar' ? 242_500 : 229_300]),
  ...['train-simd', 'train-relaxed'].filter(isBuilt).map((name) => [`what training adds to a page: train.js + train-worker.js + ${name}.wasm`, gzip(dist('web/train.js'), dist('web/train-worker.js'), dist(`wasm/${name}.wasm`)), 312_700]),
  // Only engines without SIMD, none newer than 2023, download this one: it is larger, and may be.
  [...withWasm('worker-onnx', 'scalar'), 318_800],
];

let failed = false;
for (const [what, size, limit] of ROWS) {
  const over = size > limit;
  failed ||= over;
  console.log(`${over ? 'OVER' : 'ok  '}  ${what.padEnd(54)} ${kB(size).padStart(6)} of ${kB(limit).padStart(6)} kB`);
}

/** Words that are in every build of the ONNX reader. */
const ONNX = /opset|irVersion|sparse initializers/i;
for (const [what, files] of [['app: { load, tensor, conv2d, ... }', LAYERS], ['page script', [PAGE]], ['worker for graphs', [WORKER]], ['inline entry', [dist('web/inline.js')]]]) {
  const word = ONNX.exec(files.join('\n'))?.[0];
  if (word) console.log(`OVER  ${what} carries something of ONNX: ${word}`);
  failed ||= word !== undefined;
}

/** What the guide says, in kB: it may round, but not be of another time. */
const SAID = /(\d+) kB of script on the page, (\d+) kB in the worker \((\d+) kB where it reads ONNX\), (\d+) to (\d+) kB/.exec(readFileSync(`${ROOT}examples/guides/browser.md`, 'utf8'));
const engines = ['simd', 'relaxed', 'simd-threads', 'relaxed-threads'].filter(isBuilt).map((name) => gzip(dist(`wasm/${name}.wasm`)));
for (const [i, size] of [gzip(PAGE), gzip(WORKER), gzip(WORKER_ONNX), Math.min(...engines), Math.max(...engines)].entries()) {
  const said = Number(SAID?.[i + 1]);
  if (Math.abs(said * 1000 - size) <= 0.03 * size) continue;
  console.log(`OVER  examples/guides/browser.md says ${said} kB for what has ${kB(size)}`);
  failed = true;
}
if (failed) process.exitCode = 1;
