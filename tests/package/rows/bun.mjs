import { join } from 'node:path';
import { verifyPrinted } from '../lib/net.mjs';
import { createProject, fixture, run } from '../lib/project.mjs';

export const title = 'Bun';

const MAIN = "import { use } from './use.js';\nconsole.log(JSON.stringify(await use()));\n";

export async function check(context) {
  const files = { 'main.js': MAIN, 'use.js': fixture('use.js') };
  const folder = await createProject(context, { packages: [`@oven/bun-linux-${process.arch}@1`], files });
  const bun = join(folder, 'node_modules', `@oven/bun-linux-${process.arch}`, 'bin', 'bun');
  const version = (await run(bun, ['--version'])).trim();
  return `${version}: ${verifyPrinted(await run(bun, ['main.js'], { cwd: folder, timeout: 60_000 }))}`;
}
