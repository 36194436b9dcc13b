import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import commonjs from '@rollup/plugin-commonjs';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import { wasm } from '@rollup/plugin-wasm';

const VARIANTS = ['scalar', 'simd', 'relaxed', 'simd-threads', 'relaxed-threads'];

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
    for (const variant of VARIANTS) {
      const [from, to] = [`crates/pkg/${variant}/receptive_bg.wasm`, `dist/wasm/${variant}.wasm`];
      // Those with threads are not built everywhere.
      if (existsSync(from)) copyFileSync(from, to);
      else rmSync(to, { force: true });
    }
  },
};

/** The command line uses the built library beside it instead of carrying a second copy. */
const libraryBeside = {
  name: 'library-beside',
  resolveId(source) {
    return source.endsWith('/index.js') && /^(\.\.\/)+index\.js$/.test(source) ? { id: './node/index.js', external: true } : null;
  },
};

/** What `tsc -p ts/tsconfig.build.json` made of the sources, once for all bundles. */
function bundle(input, file, plugins, extra = {}) {
  // Only what is downloaded is made small: in Node a readable stack trace is worth more.
  const small = plugins.includes(webPlatform) ? [terser({ module: true })] : [];
  return {
    input,
    external: [/^node:/, 'sharp'],
    plugins: [...plugins, nodeResolve({ preferBuiltins: true }), ...small],
    output: { file, format: 'es', inlineDynamicImports: true, ...extra },
  };
}

const embedded = existsSync('.build/embedded.js')
  ? [bundle('.build/embedded.js', 'dist/embedded.js', [webPlatform, wasm({ targetEnv: 'auto-inline', maxFileSize: 1 << 24 })])]
  : [];

export default [
  bundle('.build/index.js', 'dist/node/index.js', [copyWasm]),
  bundle('.build/worker/worker.js', 'dist/node/worker.js', []),
  bundle('.build/inline.js', 'dist/node/inline.js', []),
  bundle('.build/index.js', 'dist/web/index.js', [webPlatform]),
  bundle('.build/worker/worker.js', 'dist/web/worker.js', [webPlatform]),
  bundle('.build/inline.js', 'dist/web/inline.js', [webPlatform]),
  bundle('.build/cli/main.js', 'dist/cli.js', [libraryBeside, commonjs()], { banner: '#!/usr/bin/env node' }),
  ...embedded,
];
