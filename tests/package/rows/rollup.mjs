import { join } from 'node:path';
import { checkServed } from '../lib/browser.mjs';
import { createProject, run, write } from '../lib/project.mjs';
import { serve } from '../lib/serve.mjs';
import { copyFiles, HTML, SOURCES } from '../lib/site.mjs';

export const title = 'Rollup; workers and wasm copied beside the bundle';

export async function check(context) {
  const packages = ['rollup@4', '@rollup/plugin-node-resolve@16'];
  const folder = await createProject(context, { packages, files: SOURCES });
  const args = ['page.js', '--plugin', 'node-resolve={browser:true}', '--format', 'es', '--file', 'out/js/page.js', '--failAfterWarnings'];
  await run(process.execPath, ['node_modules/rollup/dist/bin/rollup', ...args], { cwd: folder });
  copyFiles(folder);
  write(folder, { 'out/index.html': HTML.replace('./page.js', './js/page.js') });
  return (await checkServed(serve(join(folder, 'out')))).said;
}
