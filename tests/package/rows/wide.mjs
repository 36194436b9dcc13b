/** Paired vectors: the engine does it or the model says why not, and the answers are the same bits. */
import { nodeProject } from '../lib/node.mjs';
import { run } from '../lib/project.mjs';

export const title = 'Node 24, paired vectors';

const MAIN = `import { load, createPool } from 'receptive';
import { squeezenet1_1 } from 'receptive/assets';
const x = { data: Uint8Array.from({ length: 3 * 96 * 80 }, (_, i) => (i * 37) % 251), width: 96, height: 80, channels: 3 };
const answer = async (model) => JSON.stringify((await model.classify(x, { topK: 1000 })).top.map(({ label, probability }) => [label, probability]));
const plain = await load(squeezenet1_1, { threads: 1 });
const expected = await answer(plain);
const told = [plain.wide, plain.wideReason];
await plain.dispose();
const same = [];
for (const threads of [1, 2]) {
  await using model = await load(squeezenet1_1, { threads, wide: true });
  told.push(model.wide, model.wideReason);
  same.push(expected === (await answer(model)));
}
await using pool = await createPool({ model: squeezenet1_1, size: 2, options: { wide: true } });
told.push(pool.wide, pool.wideReason);
same.push(expected === (await answer(pool)));
console.log(JSON.stringify({ told, same }));
`;

/** Whether the machine can do it is the machine's business; that the reason is said where it does not is ours. */
export async function check(context) {
  const { folder, node } = await nodeProject(context, 24, { 'main.js': MAIN });
  const { told: [before, unsaid, ...wide], same } = JSON.parse(await run(node, ['main.js'], { cwd: folder, timeout: 120_000 }));
  if (before !== false || unsaid !== null) throw new Error(`without the option: wide ${before}, reason ${unsaid}`);
  if (same.length !== 3 || same.includes(false)) throw new Error(`other bits than without the option: ${same}`);
  for (let i = 0; i < wide.length; i += 2) {
    if (wide[i] === true ? wide[i + 1] !== null : !/pair/.test(wide[i + 1])) throw new Error(`wide is ${wide[i]}, its reason ${wide[i + 1]}`);
  }
  return wide.includes(true) ? 'vectors are paired, the same bits' : `the same bits; ${wide[1]}`;
}
