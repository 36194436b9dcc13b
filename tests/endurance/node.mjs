/**
 * Rounds of load, run and dispose of SqueezeNet in one process, and pools made and closed: does memory come back, is a worker
 * left? Memory after the last round may be 10 % over that after the twentieth.
 *
 *     node --expose-gc tests/endurance/node.mjs [rounds = 1000]
 */
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const { createPool, load } = await import(new URL('../../dist/node/index.js', import.meta.url).href);
const MODEL = fileURLToPath(new URL('../../examples/assets/squeezenet1_1.safetensors', import.meta.url));
const ROUNDS = Number(process.argv[2] ?? 1000);
const SETTLED = 20;
const MOST_GROWTH = 0.1;
const x = new Float32Array(3 * 227 * 227).fill(0.5);

/** What is garbage does not count, as far as Node lets us collect it. */
function megabytes() {
  globalThis.gc?.();
  return process.memoryUsage().rss / 2 ** 20;
}

const tasks = () => (existsSync('/proc/self/task') ? readdirSync('/proc/self/task').length : Number.NaN);
let failed = false;

function expect(holds, message) {
  console.log(`${holds ? 'ok    ' : 'FAILED'} ${message}`);
  failed ||= !holds;
}

async function round(threads) {
  const model = await load(MODEL, { threads });
  await model.run(x);
  await model.dispose();
}

async function rounds(threads) {
  let settled = 0;
  const start = performance.now();
  for (let i = 1; i <= ROUNDS; i += 1) {
    await round(threads);
    if (i === SETTLED) settled = megabytes();
    if (i % Math.max(1, Math.floor(ROUNDS / 10)) === 0) console.log(`       round ${i}: ${megabytes().toFixed(1)} MB`);
  }
  const last = megabytes();
  const growth = last / settled - 1;
  const ms = (performance.now() - start) / ROUNDS;
  const kilobytes = ((last - settled) * 1024) / (ROUNDS - SETTLED);
  const numbers = `${settled.toFixed(1)} MB after ${SETTLED} rounds, ${last.toFixed(1)} MB after ${ROUNDS}`;
  expect(growth <= MOST_GROWTH, `${threads} thread(s): ${numbers} (${(growth * 100).toFixed(1)} %, ${kilobytes.toFixed(1)} kB a round), ${ms.toFixed(0)} ms a round`);
}

async function pools() {
  await (await createPool({ model: MODEL, size: 2 })).dispose();
  const before = tasks();
  for (let i = 0; i < 10; i += 1) {
    const pool = await createPool({ model: MODEL, size: 2 });
    await Promise.all([pool.run(x), pool.run(x), pool.run(x)]);
    await pool.dispose();
  }
  const until = performance.now() + 5000;
  while (tasks() > before && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(!(tasks() > before), `ten pools of two workers: ${before} threads before, ${tasks()} after`);
}

await rounds(1);
await pools();
process.exitCode = failed ? 1 : 0;
