import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { blockUnder } from '../../guides/blocks.mjs';
import { withPage } from '../lib/browser.mjs';
import { createProject, run, startServer } from '../lib/project.mjs';

export const title = "README's first page and first script, from an empty folder";

const PHOTO = new URL('../../../examples/assets/photos/coffee.png', import.meta.url);

export async function check(context) {
  const block = (heading, language) => blockUnder('README.md', heading, language);
  const files = { 'index.html': block('In the browser', 'html'), 'page.js': block('In the browser', 'js'), 'label.mjs': block('In Node', 'js') };
  const [init, install, ...rest] = block('Install', 'sh').split('\n').map((line) => line.replace(/#.*/, '').trim()).filter(Boolean);
  if (init !== 'npm init -y' || !install.startsWith('npm install receptive ')) throw new Error(`README begins with ${init}; ${install}`);
  const packages = install.split(' ').slice(3);
  // As `npm init -y` writes it.
  const folder = await createProject(context, { packages, files, type: 'commonjs', scripts: true });
  await run('sh', ['-ec', rest.join('\n')], { cwd: folder });
  mkdirSync(join(folder, 'public'), { recursive: true });
  copyFileSync(PHOTO, join(folder, 'public/photo.jpg'));
  const printed = await run(process.execPath, ['label.mjs'], { cwd: folder });
  if (!/^espresso 0\.9\d+\n/.test(printed)) throw new Error(`the script printed ${printed}`);
  const args = ['node_modules/vite/bin/vite.js', '--port', '0', '--host', '127.0.0.1'];
  const { url, stop } = await startServer(process.execPath, args, { cwd: folder, env: { NO_COLOR: '1', FORCE_COLOR: '0' } });
  try {
    return await withPage(async (page) => {
      await page.goto(url);
      await page.waitForFunction(() => /espresso: 9\d\.\d %/.test(document.body.textContent), undefined, { timeout: 60_000 });
      return `script: ${printed.split('\n')[0]}; page: ${(await page.textContent('body')).trim().split(',')[0]}`;
    });
  } finally {
    stop();
  }
}
