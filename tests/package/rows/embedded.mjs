import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkPage } from '../lib/browser.mjs';
import { createProject, fixture, run, write } from '../lib/project.mjs';

export const title = 'receptive/embedded in one html file, opened with file://';

export async function check(context) {
  const files = { 'page.js': fixture('page.js'), 'use.js': fixture('use.js', 'receptive/embedded') };
  const folder = await createProject(context, { packages: ['esbuild@0.28'], files });
  const args = ['node_modules/esbuild/bin/esbuild', 'page.js', '--bundle', '--minify', '--format=iife', '--outfile=out.js'];
  await run(process.execPath, args, { cwd: folder });
  const script = readFileSync(join(folder, 'out.js'), 'utf8').replaceAll('</script', '<\\/script');
  write(folder, { 'one.html': `<!doctype html><meta charset="utf-8"><title>receptive</title><script>${script}</script>` });
  const { said } = await checkPage(pathToFileURL(join(folder, 'one.html')).href);
  return said;
}
