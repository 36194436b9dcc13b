import { verifyPrinted } from '../lib/net.mjs';
import { createProject, fixture, run } from '../lib/project.mjs';

export const title = 'A worker like those of Cloudflare (workerd), receptive/embedded with modules of its own';

export async function check(context) {
  const worker = `import { use } from './use.js';
export default { async fetch() { return Response.json(await use()); } };
`;
  const main = `import { Miniflare } from 'miniflare';
const modules = [{ type: 'ESModule', path: 'out.js' }];
const flare = new Miniflare({ modules, compatibilityDate: '2026-01-01' });
try {
  const response = await flare.dispatchFetch('http://localhost/');
  console.log(await response.text());
} finally {
  await flare.dispose();
}
`;
  const files = { 'worker.js': worker, 'main.js': main, 'use.js': fixture('use.js', 'receptive/embedded') };
  const folder = await createProject(context, { packages: ['miniflare@4', 'esbuild@0.28'], files });
  const args = ['node_modules/esbuild/bin/esbuild', 'worker.js', '--bundle', '--format=esm', '--outfile=out.js', '--external:node:*'];
  await run(process.execPath, args, { cwd: folder });
  return verifyPrinted(await run(process.execPath, ['main.js'], { cwd: folder, timeout: 60_000 }));
}
