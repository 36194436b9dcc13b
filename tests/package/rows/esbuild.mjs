import { join } from 'node:path';
import { checkServed } from '../lib/browser.mjs';
import { createProject, run, write } from '../lib/project.mjs';
import { serve } from '../lib/serve.mjs';
import { copyFiles, HTML, SOURCES } from '../lib/site.mjs';

export const title = 'esbuild; workers and wasm copied beside the bundle';

export async function check(context) {
  const folder = await createProject(context, { packages: ['esbuild@0.28'], files: SOURCES });
  const args = ['page.js', '--bundle', '--minify', '--format=esm', '--outdir=out/js', '--log-level=warning'];
  await run(process.execPath, ['node_modules/esbuild/bin/esbuild', ...args], { cwd: folder });
  copyFiles(folder);
  write(folder, { 'out/index.html': HTML.replace('./page.js', './js/page.js') });
  return (await checkServed(serve(join(folder, 'out')))).said;
}
