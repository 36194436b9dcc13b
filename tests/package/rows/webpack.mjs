import { join } from 'node:path';
import { checkServed } from '../lib/browser.mjs';
import { createProject, run, write } from '../lib/project.mjs';
import { serve } from '../lib/serve.mjs';
import { HTML, SOURCES } from '../lib/site.mjs';

export const title = 'webpack 5, no option';

const BUILD = `import webpack from 'webpack';
webpack({ mode: 'production', context: import.meta.dirname ?? process.cwd(), entry: './page.js' }, (error, stats) => {
  if (error) throw error;
  if (stats.hasErrors()) throw new Error(stats.toString({ all: false, errors: true }));
});
`;

export async function check(context) {
  const folder = await createProject(context, { packages: ['webpack@5'], files: { ...SOURCES, 'build.mjs': BUILD } });
  await run(process.execPath, ['build.mjs'], { cwd: folder });
  write(folder, { 'dist/index.html': HTML.replace('type="module" src="./page.js"', 'defer src="./main.js"') });
  return (await checkServed(serve(join(folder, 'dist')))).said;
}
