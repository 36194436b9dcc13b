import { verifyPrinted } from '../lib/net.mjs';
import { nodeProject } from '../lib/node.mjs';
import { fixture, run } from '../lib/project.mjs';

export const title = 'CommonJS: require() of every entry';

const ENTRIES = ['receptive', 'receptive/layers', 'receptive/models', 'receptive/image', 'receptive/inline', 'receptive/embedded'];

const MAIN = `const { use } = require('./use.cjs');
for (const entry of ${JSON.stringify(ENTRIES)}) {
  if (Object.keys(require(entry)).length === 0) throw new Error(entry + ' exports nothing');
}
use().then((result) => console.log(JSON.stringify(result)));
`;

/** use.js as CommonJS. */
function useAsCommonJs() {
  const text = fixture('use.js').replace(/import (\{[^}]*\}) from ('[^']*');/, 'const $1 = require($2);');
  return `${text.replace('export async function use', 'async function use')}\nmodule.exports = { use };\n`;
}

export async function check(context) {
  const files = { 'main.cjs': MAIN, 'use.cjs': useAsCommonJs() };
  const said = [];
  for (const major of [20, 24]) {
    const { folder, node } = await nodeProject(context, major, files, 'commonjs');
    said.push(`Node ${major}: ${verifyPrinted(await run(node, ['main.cjs'], { cwd: folder, timeout: 60_000 }))}`);
  }
  return said.join('; ');
}
