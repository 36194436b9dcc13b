import { join } from 'node:path';
import { checkMount, mountFiles, startMount } from '../lib/mount.mjs';
import { createProject } from '../lib/project.mjs';

export const title = 'A service mounted on Deno';

export async function check(context) {
  const folder = await createProject(context, { packages: [`@deno/linux-${process.arch}-glibc@2`, 'sharp'], files: mountFiles() });
  const deno = join(folder, 'node_modules', `@deno/linux-${process.arch}-glibc`, 'deno');
  const env = { DENO_NO_UPDATE_CHECK: '1', DENO_DIR: join(folder, '.deno'), NO_COLOR: '1' };
  await checkMount(await startMount(deno, ['run', '--allow-all', '--no-remote', 'deno.mjs'], { cwd: folder, env }), { noticesHangUp: false });
  return 'photo, infer, hang-up (computed to its end), end';
}
