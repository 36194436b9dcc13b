import { checkServed } from '../lib/browser.mjs';
import { createProject, startServer } from '../lib/project.mjs';
import { SOURCES } from '../lib/site.mjs';

export const title = 'Vite 8, development server, no option';

export async function check(context) {
  const folder = await createProject(context, { packages: ['vite@8'], files: SOURCES });
  const args = ['node_modules/vite/bin/vite.js', '--port', '0', '--host', '127.0.0.1'];
  return (await checkServed(startServer(process.execPath, args, { cwd: folder, env: { NO_COLOR: '1', FORCE_COLOR: '0' } }))).said;
}
