import { join } from 'node:path';
import { checkServed } from '../lib/browser.mjs';
import { createProject, run } from '../lib/project.mjs';
import { serve } from '../lib/serve.mjs';
import { SOURCES } from '../lib/site.mjs';

export const title = 'Vite 8, build, no option';

export async function check(context) {
  const folder = await createProject(context, { packages: ['vite@8'], files: SOURCES });
  await run(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn'], { cwd: folder });
  return (await checkServed(serve(join(folder, 'dist')))).said;
}
