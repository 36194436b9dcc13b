import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import commonjs from '@rollup/plugin-commonjs';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import { wasm } from '@rollup/plugin-wasm';
import { dts } from 'rollup-plugin-dts';
import { VARIANTS } from './crates/build.mjs';


/** `X.platform.js` re-exports `X.node.js`; builds for the web get `X.web.js` in its place. */
const webPlatform = {
  name: 'web-platform',
  resolveId(source, importer) {
    if (!importer?.endsWith('.platform.js') || !source.endsWith('.node.js')) return null;
    return join(dirname(importer), source.replace(/\.node\.js$/, '.web.js'));
  },
};

const copyWasm = {
  name: 'copy-wasm',
  writeBundle() {
    mkdirSync('dist/wasm', { recursive: true });
    const engine = Object.keys(VARIANTS).map((variant) => [`crates/pkg/${variant}/receptive_bg.wasm`, `dist/wasm/${variant}.wasm`]);
    for (const [from, to] of [...engine, ['crates/pkg/lessons/lessons.wasm', 'dist/wasm/lessons.wasm']]) {
      // Those with threads are not built everywhere, training and the lessons not for the command line alone.
      if (existsSync(from)) copyFileSync(from, to);
      else rmSync(to, { force: true });
    }
  },
};

/** The command line uses the built library beside it instead of carrying a second copy. */
const libraryBeside = {
  name: 'library-beside',
  resolveId(source) {
    const entry = /^(?:\.\.\/)+entries\/(index|inline|lessons|vision|serve|train-inline)\.js$/.exec(source)?.[1];
    return entry === undefined ? null : { id: `./node/${entry}.js`, external: true };
  },
};

/** What `tsc -p ts/tsconfig.build.json` made of the sources, once for all bundles. */
function bundle(input, file, plugins, extra = {}) {
  // Only what is downloaded is made small: in Node a readable stack trace is worth more.
  const small = plugins.includes(webPlatform) ? [terser({ module: true })] : [];
  return {
    input,
    external: [/^node:/, 'sharp', 'bullmq', 'ioredis'],
    plugins: [...plugins, nodeResolve({ preferBuiltins: true }), ...small],
    output: { file, format: 'es', inlineDynamicImports: true, ...extra },
  };
}

/** The name of the models' module is handed on as one: written out it would be an object that holds all of them, types among its values. */
const modelsBeside = {
  name: 'models-beside',
  resolveId: (source, importer) => (importer && /\.\.\/models\/index\.js$/.test(source) ? { id: './models.js', external: true } : null),
};

/** All that a module needs, itself among it. */
function closure(id, getModuleInfo, found = new Set()) {
  if (found.has(id)) return found;
  found.add(id);
  for (const imported of getModuleInfo(id)?.importedIds ?? []) closure(imported, getModuleInfo, found);
  return found;
}

const WHERE = join(process.cwd(), '.build/tasks/where.js');
const [PAGE, LAYERS, IMAGE, SAVE, INLINE] = ['page', 'layers', 'image', 'save', 'inline'].map((entry) => join(process.cwd(), `.build/entries/${entry}.js`));

/** What the page's script needs is in it, of the rest what the layers need in theirs, and so on. */
function partOf(id, { getModuleInfo }) {
  const parts = { index: PAGE, layers: LAYERS, image: IMAGE, save: SAVE };
  return Object.keys(parts).find((part) => closure(parts[part], getModuleInfo).has(id)) ?? null;
}

/** Builds that carry one of the five WebAssembly files. */
const simdAlone = {
  name: 'simd-alone',
  resolveId: (source, importer) => (source.endsWith('/wasm/files.js') ? join(dirname(importer), source, '..', 'files-simd.js') : null),
};

/** What starts no engine is the same in dist/simd; its worker is the one beside it. */
const copyParts = (parts) => ({
  name: 'copy-parts',
  writeBundle() {
    mkdirSync('dist/simd', { recursive: true });
    for (const part of parts) copyFileSync(`dist/web/${part}.js`, `dist/simd/${part}.js`);
  },
});

/** Copies the parts, and refuses more of them than are meant to be: a page would make a request for each. */
const PARTS = ['index', 'layers', 'image', 'models', 'save', 'train', 'all'];
const expectParts = {
  name: 'expect-parts',
  generateBundle(_, files) {
    const surplus = Object.keys(files).filter((file) => !PARTS.includes(file.replace(/\.js$/, '')));
    if (surplus.length > 0) this.error(`dist/web should not have ${surplus.join(', ')}`);
  },
};

/** Marks the making of operators as pure: bundlers leave out of an application those that it does not use. */
const pureOps = {
  name: 'pure-ops',
  transform(code, id) {
    return /[\\/]ops[\\/]/.test(id) ? { code: code.replaceAll(/ = (defineOp|optionNames|binary)\(/g, ' = /* @__PURE__ */ $1('), map: null } : null;
  },
};

/**
 * The parts of the library for web pages, one file each. What they share lies in index.js, which is complete in itself: a page
 * that only loads models makes one request. all.js names what the others export and holds nothing: bundlers take what is used.
 */
const webParts = {
  input: { index: PAGE, layers: LAYERS, image: IMAGE, models: '.build/models/index.js', save: '.build/entries/save.js', train: '.build/entries/train.js', all: '.build/entries/index.js' },
  plugins: [modelsBeside, webPlatform, pureOps, nodeResolve(), terser({ module: true, format: { preserve_annotations: true } }), expectParts, copyParts(PARTS)],
  preserveEntrySignatures: 'allow-extension',
  output: { dir: 'dist/web', format: 'es', chunkFileNames: '[name].js', manualChunks: partOf },
};

/** The same entries for Node, where nothing is downloaded: index.js is all of them. */
const nodeParts = {
  input: { index: '.build/entries/index.js', layers: '.build/entries/layers.js', image: '.build/entries/image.js', models: '.build/models/index.js', save: '.build/entries/save.js', lessons: '.build/entries/lessons.js', vision: '.build/entries/vision.js' },
  external: [/^node:/, 'sharp'],
  plugins: [nodeResolve({ preferBuiltins: true }), copyWasm],
  preserveEntrySignatures: 'strict',
  output: { dir: 'dist/node', format: 'es', chunkFileNames: 'shared-[name].js' },
};

const workers = (folder, plugins) => [
  bundle('.build/worker/worker.js', `dist/${folder}/worker.js`, plugins),
  bundle('.build/worker/worker-onnx.js', `dist/${folder}/worker-onnx.js`, plugins),
];

/** Declarations of the public names and what they mention; nothing of the inside, whose packages are not installed along. */
const types = {
  input: Object.fromEntries(
    ['index', 'layers', 'image', 'models', 'lessons', 'inline', 'embedded', 'assets', 'save', 'vision', 'serve', 'train', 'train-inline'].map((name) => [name, `.build/types/${name === 'models' ? 'models/index' : `entries/${name}`}.d.ts`]),
  ),
  external: [/^node:/, 'sharp'],
  plugins: [modelsBeside, dts()],
  output: {
    dir: 'dist/types',
    // For Symbol.dispose and Symbol.asyncDispose, which no `lib` below ESNext has.
    banner: '/// <reference lib="esnext.disposable" />',
    chunkFileNames: '[name].d.ts',
    manualChunks: (id, { getModuleInfo }) => (getModuleInfo(id)?.isEntry ? null : 'shared'),
  },
};

/**
 * For the calling thread: what the entry does not need at once has files of its own. One reads ONNX and knows foreign files, and is loaded
 * for the first file that is not safetensors; one detects and segments.
 */
function inlineParts(folder, plugins) {
  const small = plugins.includes(webPlatform) ? [terser({ module: true })] : [];
  const manualChunks = (id, { getModuleInfo }) => {
    if (closure(INLINE, getModuleInfo).has(id)) return 'inline';
    return closure(WHERE, getModuleInfo).has(id) ? 'inline-where' : 'inline-onnx';
  };
  return {
    input: { inline: INLINE },
    external: [/^node:/, 'sharp'],
    plugins: [...plugins, nodeResolve({ preferBuiltins: true }), ...small],
    preserveEntrySignatures: 'allow-extension',
    output: { dir: `dist/${folder}`, format: 'es', chunkFileNames: '[name].js', manualChunks },
  };
}

/** `load` is the library's own, beside it. */
const loadBeside = {
  name: 'load-beside',
  resolveId: (source) => (/\/load\.js$/.test(source) ? { id: './index.js', external: true } : null),
};

/** Pools are the library's own, beside the service. */
const poolBeside = {
  name: 'pool-beside',
  resolveId: (source) => (/\/worker\/pool\.js$/.test(source) ? { id: './index.js', external: true } : null),
};

/** A model of what was learned is opened by the script of inference beside. */
const inlineBeside = {
  name: 'inline-beside',
  resolveId: (source, importer) => (importer?.endsWith('entries/train-inline.js') && source === './inline.js' ? { id: source, external: 'relative' } : null),
};

/** Training on the calling thread, and the worker of training: files of their own, since no page that infers should grow by them. */
function trainParts(folder, plugins) {
  return [
    bundle('.build/entries/train-inline.js', `dist/${folder}/train-inline.js`, [inlineBeside, ...plugins]),
    bundle('.build/worker/train/train-worker.js', `dist/${folder}/train-worker.js`, folder === 'web' ? [...plugins, copyParts(['train-worker'])] : plugins),
  ];
}

const inlined = [webPlatform, wasm({ targetEnv: 'auto-inline', maxFileSize: 1 << 24 })];

const [nodeWorker, nodeWorkerOnnx] = workers('node', []);
const commandLine = bundle('.build/cli/main.js', 'dist/cli.js', [libraryBeside, commonjs()], { banner: '#!/usr/bin/env node' });

const rest = [
  nodeWorkerOnnx,
  webParts,
  // Nothing of index.js, errors included: bundlers would carry along the workers and the modules of WebAssembly that it names.
  bundle('.build/entries/lessons.js', 'dist/web/lessons.js', [webPlatform, copyParts(['lessons'])]),
  bundle('.build/entries/vision.js', 'dist/web/vision.js', [webPlatform, copyParts(['vision'])]),
  ...workers('web', [webPlatform]),
  inlineParts('web', [webPlatform]),
  bundle('.build/entries/train.js', 'dist/node/train.js', [loadBeside]),
  bundle('.build/entries/serve.js', 'dist/node/serve.js', [poolBeside, commonjs()]),
  ...trainParts('node', []),
  ...trainParts('web', [webPlatform]),
  ...workers('simd', [simdAlone, webPlatform]),
  inlineParts('simd', [simdAlone, webPlatform]),
  bundle('.build/entries/embedded.js', 'dist/embedded.js', inlined),
  // For Node and the web alike: nothing but addresses, relative to this one place.
  bundle('.build/entries/assets.js', 'dist/assets.js', []),
  types,
];

/** What the command line needs to run a safetensors file; `crates/least.mjs` makes it alone. */
export const commands = [nodeParts, nodeWorker, inlineParts('node', []), commandLine];

/** `--configHalf 0` and `1`: every other one, for two processes side by side. Without it all are made. */
export default ({ configHalf }) => [...commands, ...rest].filter((_, i) => configHalf === undefined || i % 2 === Number(configHalf));
