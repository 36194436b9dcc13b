import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { resultOf, withPage } from '../lib/browser.mjs';
import { createProject, fixture, run } from '../lib/project.mjs';
import { serve } from '../lib/serve.mjs';
import { HTML, SOURCES } from '../lib/site.mjs';

export const title = 'training in a worker: Node, and a page by Vite 8 with no option';

const PAGE = `import { learn } from './learn.js';
learn().then((result) => Object.assign(globalThis, { result }), (error) => Object.assign(globalThis, { result: { error: error.name + ': ' + error.message } }));
`;

function expectLearned(where, { accuracy, right, error, variant, threads }) {
  if (error || accuracy !== 1 || right !== 1) throw new Error(`${where}: ${error ?? `accuracy ${accuracy}, of the model ${right}`}`);
  return `${where}: ${variant}, ${threads} thread(s)`;
}

/** Files that Vite makes of sources, built into a folder of its own. */
async function built(context, files, out) {
  const folder = await createProject(context, { packages: ['vite@8'], files: { 'learn.js': fixture('learn.js'), ...files } });
  await run(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn', '--outDir', out], { cwd: folder });
  return { folder, dist: join(folder, out), names: readdirSync(join(folder, out), { recursive: true }) };
}

export async function check(context) {
  const { folder, dist } = await built(context, { 'index.html': HTML, 'page.js': PAGE, 'main.js': "import { learn } from './learn.js';\nconsole.log(JSON.stringify(await learn()));\n" }, 'dist');
  const node = expectLearned('Node', JSON.parse(await run(process.execPath, ['main.js'], { cwd: folder, timeout: 60_000 })));
  const { url, stop } = await serve(dist);
  try {
    const page = await withPage(async (tab, complaints) => {
      await tab.goto(url);
      return expectLearned('Chromium', await resultOf(tab, complaints));
    });
    const { names } = await built({ ...context, name: `${context.name}-inference` }, SOURCES, 'dist');
    const surplus = names.filter((name) => /train/.test(name));
    if (surplus.length > 0) throw new Error(`a page that does not train is built with ${surplus.join(', ')}`);
    return `${node}; ${page}`;
  } finally {
    stop();
  }
}
