import { join } from 'node:path';
import { verifyPrinted } from '../lib/net.mjs';
import { createProject, fixture, run } from '../lib/project.mjs';

export const title = 'Deno, one and two threads; it must end by itself';

const main = (options) => `import { use } from './use.js';\nconsole.log(JSON.stringify(await use(${options})));\n`;

export async function check(context) {
  const files = { 'one.js': main(''), 'two.js': main('{ threads: 2 }'), 'use.js': fixture('use.js') };
  const folder = await createProject(context, { packages: [`@deno/linux-${process.arch}-glibc@2`], files });
  const deno = join(folder, 'node_modules', `@deno/linux-${process.arch}-glibc`, 'deno');
  const env = { DENO_NO_UPDATE_CHECK: '1', DENO_DIR: join(folder, '.deno') };
  const [version] = /\d+\.\d+\.\d+/.exec(await run(deno, ['--version'], { env }));
  const said = [];
  for (const script of ['one.js', 'two.js']) {
    const args = ['run', '--allow-all', '--no-remote', script];
    said.push(verifyPrinted(await run(deno, args, { cwd: folder, env, timeout: 60_000 })));
  }
  return `${version}: ${said.join('; ')}`;
}
