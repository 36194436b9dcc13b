import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import commonjs from '@rollup/plugin-commonjs';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import typescript from '@rollup/plugin-typescript';
import { wasm } from '@rollup/plugin-wasm';

const VARIANTS = ['scalar', 'simd', 'relaxed'];

/** `X.platform.ts` re-exports `X.node.ts`; builds for the web get `X.web.ts` in its place. */
const webPlatform = {
  name: 'web-platform',
  resolveId(source, importer) {
    if (!importer?.endsWith('.platform.ts') || !source.endsWith('.node.js')) return null;
    return join(dirname(importer), source.replace(/\.node\.js$/, '.web.ts'));
  },
};

const copyWasm = {
  name: 'copy-wasm',
  writeBundle() {
    mkdirSync('dist/wasm', { recursive: true });
    for (const variant of VARIANTS) copyFileSync(`crates/pkg/${variant}/receptive_bg.wasm`, `dist/wasm/${variant}.wasm`);
  },
};

/** The command line uses the built library beside it instead of carrying a second copy. */
const libraryBeside = {
  name: 'library-beside',
  resolveId(source) {
    return source.endsWith('/index.js') && /^(\.\.\/)+index\.js$/.test(source) ? { id: './node/index.js', external: true } : null;
  },
};

const compile = () => typescript({ tsconfig: './tsconfig.json', include: ['ts/**/*.ts'], compilerOptions: { noEmit: false, removeComments: true } });

function bundle(input, file, plugins, extra = {}) {
  return {
    input,
    external: [/^node:/, 'sharp'],
    plugins: [...plugins, nodeResolve({ preferBuiltins: true }), compile()],
    output: { file, format: 'es', inlineDynamicImports: true, ...extra },
  };
}

const embedded = existsSync('ts/embedded.ts')
  ? [bundle('ts/embedded.ts', 'dist/embedded.js', [webPlatform, wasm({ targetEnv: 'auto-inline', maxFileSize: 1 << 24 })])]
  : [];

export default [
  bundle('ts/index.ts', 'dist/node/index.js', [copyWasm]),
  bundle('ts/worker/worker.ts', 'dist/node/worker.js', []),
  bundle('ts/inline.ts', 'dist/node/inline.js', []),
  bundle('ts/index.ts', 'dist/web/index.js', [webPlatform]),
  bundle('ts/worker/worker.ts', 'dist/web/worker.js', [webPlatform]),
  bundle('ts/inline.ts', 'dist/web/inline.js', [webPlatform]),
  bundle('ts/cli/main.ts', 'dist/cli.js', [libraryBeside, commonjs()], { banner: '#!/usr/bin/env node' }),
  ...embedded,
];
