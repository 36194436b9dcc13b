/**
 * Memory of training on one thread, against 1.25 times what a step keeps for the backward and four times the parameters, and 30 MB; and how
 * much the process grows over steps. `node tests/bench/train/memory.mjs [--steps N] [NAME...]`, each row of `rows.mjs` unless named; ends with
 * code 1 where a network takes more, or an engine grows.
 */
import { parseArgs } from 'node:util';
import { learnt } from './batch.mjs';
import { buildTrained } from './nets.mjs';
import { openOurs } from './ours.mjs';
import { TRAINED } from './rows.mjs';

const MB = 1e6;
const [FACTOR, ROOM] = [1.25, 30 * MB];
/** Steps until buffers of the process have their size. */
const WARM = 3;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { steps: { type: 'string', default: '20' } } });
const steps = Number(values.steps);
if (!(Number.isInteger(steps) && steps > 0)) throw new RangeError(`--steps is ${values.steps}: give a whole number above 0`);

async function measure(name) {
  const net = buildTrained(name);
  const ours = await openOurs(net, learnt(net), { variant: 'simd' });
  const { kept, parameters } = ours.summary().bytes;
  for (let i = 0; i < WARM; i += 1) ours.step();
  const [engine, { rss }] = [ours.memory(), process.memoryUsage()];
  for (let i = 0; i < steps; i += 1) ours.step();
  const grown = { engine: ours.memory() - engine, rss: process.memoryUsage().rss - rss };
  ours.dispose();
  return { name, kept, parameters, program: ours.bytes.program, engine, limit: FACTOR * (kept + 4 * parameters) + ROOM, grown };
}

const mb = (bytes) => (bytes / MB).toFixed(1);

console.log(`| step | kept | parameters | limit | program | engine | engine grew over ${steps} steps | process grew |\n|---|---|---|---|---|---|---|---|`);
for (const name of positionals.length > 0 ? positionals : Object.keys(TRAINED)) {
  const { kept, parameters, limit, program, engine, grown } = await measure(name);
  console.log(`| ${name} | ${[kept, parameters, limit, program, engine, grown.engine, grown.rss].map(mb).join(' | ')} |`);
  if (engine > limit || grown.engine > 0) process.exitCode = 1;
}
