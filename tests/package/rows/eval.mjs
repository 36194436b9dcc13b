import { verifyPrinted } from '../lib/net.mjs';
import { nodeProject } from '../lib/node.mjs';
import { run } from '../lib/project.mjs';

export const title = 'node --input-type=module --eval: the worker takes no flags over';

export async function check(context) {
  const { folder, node } = await nodeProject(context, 20, {});
  const code = "import { use } from './use.js'; console.log(JSON.stringify(await use()));";
  return verifyPrinted(await run(node, ['--input-type=module', '--eval', code], { cwd: folder, timeout: 60_000 }));
}
