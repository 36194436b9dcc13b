import { join } from 'node:path';
import { checkServed } from '../lib/browser.mjs';
import { createProject, run } from '../lib/project.mjs';
import { serve } from '../lib/serve.mjs';
import { SOURCES } from '../lib/site.mjs';

export const title = 'Parcel 2, build';

export async function check(context) {
  const folder = await createProject(context, { packages: ['parcel@2'], files: SOURCES, scripts: true });
  const args = ['node_modules/parcel/lib/bin.js', 'build', 'index.html', '--no-source-maps'];
  await run(process.execPath, args, { cwd: folder, env: { NODE_ENV: 'production', PARCEL_WORKERS: '0' } });
  return (await checkServed(serve(join(folder, 'dist')))).said;
}
