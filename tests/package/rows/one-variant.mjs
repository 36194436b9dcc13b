import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkServed } from '../lib/browser.mjs';
import { createProject, run, write } from '../lib/project.mjs';
import { serve } from '../lib/serve.mjs';
import { HTML, SOURCES } from '../lib/site.mjs';

export const title = 'Vite 8 and webpack 5, condition receptive-simd: one .wasm file';

const VITE = "export default { resolve: { conditions: ['receptive-simd', 'module', 'browser', 'production'] } };\n";

const WEBPACK = `import webpack from 'webpack';
const resolve = { conditionNames: ['receptive-simd', '...'] };
webpack({ mode: 'production', context: process.cwd(), entry: './page.js', resolve, output: { path: process.cwd() + '/packed' } }, (error, stats) => {
  if (error) throw error;
  if (stats.hasErrors()) throw new Error(stats.toString({ all: false, errors: true }));
});
`;

function expectOneModule(folder) {
  const modules = readdirSync(folder, { recursive: true }).filter((file) => String(file).endsWith('.wasm'));
  if (modules.length !== 1) throw new Error(`expected one .wasm file, got ${modules.join(', ') || 'none'}`);
}

export async function check(context) {
  const files = { ...SOURCES, 'vite.config.js': VITE, 'webpack.mjs': WEBPACK };
  const folder = await createProject(context, { packages: ['vite@8', 'webpack@5'], files });
  await run(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn'], { cwd: folder });
  await run(process.execPath, ['webpack.mjs'], { cwd: folder });
  write(folder, { 'packed/index.html': HTML.replace('type="module" src="./page.js"', 'defer src="./main.js"') });
  const said = [];
  for (const out of ['dist', 'packed']) {
    expectOneModule(join(folder, out));
    said.push((await checkServed(serve(join(folder, out)))).said);
  }
  return said.join('; ');
}
