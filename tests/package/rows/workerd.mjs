import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { verifyPrinted } from '../lib/net.mjs';
import { createProject, fixture, run } from '../lib/project.mjs';

export const title = 'workerd (workers of Cloudflare), receptive/inline with an imported module';

const WORKER = `import wasm from './simd.wasm';
import { use } from './use.js';
export default { async fetch() { return Response.json(await use({ wasm })); } };
`;

/** The platform compiles modules before it starts the script, and lets no script compile any. */
const MAIN = `import { Miniflare } from 'miniflare';
const modules = [{ type: 'ESModule', path: 'out.js' }, { type: 'CompiledWasm', path: 'simd.wasm' }];
const flare = new Miniflare({ modules, compatibilityDate: '2026-01-01' });
try {
  const response = await flare.dispatchFetch('http://localhost/');
  console.log(await response.text());
} finally {
  await flare.dispose();
}
`;

export async function check(context) {
  const files = { 'worker.js': WORKER, 'main.js': MAIN, 'use.js': fixture('use.js', 'receptive/inline') };
  const folder = await createProject(context, { packages: ['miniflare@4', 'esbuild@0.28'], files });
  cpSync(join(folder, 'node_modules/receptive/dist/wasm/simd.wasm'), join(folder, 'simd.wasm'));
  const args = ['node_modules/esbuild/bin/esbuild', 'worker.js', '--bundle', '--format=esm', '--outfile=out.js', '--external:*.wasm'];
  await run(process.execPath, args, { cwd: folder });
  return verifyPrinted(await run(process.execPath, ['main.js'], { cwd: folder, timeout: 60_000 }));
}
