/** The components of examples/guides/browser.md, built with their frameworks by Vite and used in a page. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { blockUnder } from '../../guides/blocks.mjs';
import { withPage } from './browser.mjs';
import { createProject, run } from './project.mjs';
import { serve } from './serve.mjs';

const ASSETS = new URL('../../../examples/assets/', import.meta.url);
const HTML = (script) =>
  `<!doctype html><meta charset="utf-8"><title>receptive</title><link rel="icon" href="data:,"><div id="app"></div><button>end</button><script type="module" src="./${script}"></script>`;

/** Takes the block under a heading as `file`, beside the `main` that shows it; chooses a photo, and takes the component away. */
export async function checkComponent(context, { heading, language, file, packages, files }) {
  const [script] = Object.keys(files);
  const folder = await createProject(context, {
    packages: ['vite@8', ...packages],
    files: { 'index.html': HTML(script), ...files, [file]: blockUnder('examples/guides/browser.md', heading, language) },
  });
  mkdirSync(join(folder, 'public'));
  copyFileSync(new URL('squeezenet1_1.safetensors', ASSETS), join(folder, 'public/squeezenet1_1.safetensors'));
  await run(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn'], { cwd: folder });
  const { url, stop } = await serve(join(folder, 'dist'));
  try {
    return await withPage(async (page, complaints) => {
      await page.goto(url);
      await page.getByText('Choose a photo').waitFor();
      await page.setInputFiles('input', new URL('photos/coffee.png', ASSETS).pathname);
      await page.getByText('espresso').waitFor();
      await page.setInputFiles('input', { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('words') });
      await page.getByText('ImageError').waitFor();
      await page.click('button');
      await page.waitForFunction(() => !document.querySelector('input'));
      const { length } = page.workers();
      for (let i = 0; i < 50 && page.workers().length > 0; i++) await new Promise((resolve) => setTimeout(resolve, 100));
      if (page.workers().length > 0) throw new Error(`${length} workers outlive the component`);
      if (complaints.length > 0) throw new Error(`the page said: ${complaints.join('; ')}`);
      return 'espresso; an error is shown; no worker is left';
    });
  } finally {
    stop();
  }
}
