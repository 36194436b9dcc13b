import { join } from 'node:path';
import { checkMount, mountFiles, startMount } from '../lib/mount.mjs';
import { createProject } from '../lib/project.mjs';

export const title = 'A service mounted on Bun';

export async function check(context) {
  const folder = await createProject(context, { packages: [`@oven/bun-linux-${process.arch}@1`, 'sharp'], files: mountFiles() });
  const bun = join(folder, 'node_modules', `@oven/bun-linux-${process.arch}`, 'bin', 'bun');
  await checkMount(await startMount(bun, ['bun.mjs'], { cwd: folder }));
  return 'photo, infer, hang-up, end';
}
