import { mkdirSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkServed } from '../lib/browser.mjs';
import { createProject, fixture, run } from '../lib/project.mjs';
import { serve } from '../lib/serve.mjs';
import { SOURCES } from '../lib/site.mjs';

export const title = 'Vite 8, build, the bundle on another origin (option worker)';

const PAGE = `import worker from 'receptive/worker-onnx?worker&url';\n${fixture('page.js').replace('use()', 'use({ worker })')}`;

export async function check(context) {
  const folder = await createProject(context, { packages: ['vite@8'], files: { ...SOURCES, 'page.js': PAGE } });
  const other = await serve(join(folder, 'dist'), { headers: { 'access-control-allow-origin': '*' } });
  try {
    await run(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn', '--base', `${other.url}/`], { cwd: folder });
    // The page's own origin has nothing but the page.
    mkdirSync(join(folder, 'own'));
    copyFileSync(join(folder, 'dist', 'index.html'), join(folder, 'own', 'index.html'));
    return (await checkServed(serve(join(folder, 'own')))).said;
  } finally {
    other.stop();
  }
}
