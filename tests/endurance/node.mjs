/**
 * Rounds of load, run and dispose of SqueezeNet in one process, and pools made and closed: does memory come back, is a worker
 * left? Memory after the last round may be 10 % over that after the twentieth.
 *
 *     node --expose-gc tests/endurance/node.mjs [rounds = 1000] [--as-is]
 *
 * Memory is the resident set once garbage is collected and ended workers are gone, the median over the rounds around. glibc keeps
 * freed memory by a threshold that it raises when a large block is freed: 10 MB more or less from one round to the next, whoever
 * freed them. So the threshold stays at its first value here; `--as-is` leaves glibc to itself.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const GLIBC = 'MALLOC_TRIM_THRESHOLD_';
const GIVEN = process.argv.slice(2).filter((text) => text !== '--as-is');
// It is read when a process starts.
if (process.env[GLIBC] === undefined && GIVEN.length === process.argv.length - 2) {
  const env = { ...process.env, [GLIBC]: String(128 * 1024) };
  const { status } = spawnSync(process.execPath, [...process.execArgv, ...process.argv.slice(1)], { env, stdio: 'inherit' });
  process.exit(status ?? 1);
}

const { createPool, load } = await import(new URL('../../dist/node/index.js', import.meta.url).href);
const MODEL = fileURLToPath(new URL('../../examples/assets/squeezenet1_1.safetensors', import.meta.url));
const ROUNDS = Number(GIVEN[0] ?? 1000);
const SETTLED = 20;
/** Rounds before and after the twentieth that are measured, and twice as many before the last. */
const AROUND = 8;
const MOST_GROWTH = 0.1;
const SETTLING_MS = 50;
const x = new Float32Array(3 * 227 * 227).fill(0.5);

if (!globalThis.gc) throw new Error('run it by node --expose-gc: what is garbage shall not count');
if (!(ROUNDS > SETTLED + 3 * AROUND)) throw new Error(`rounds: expected more than ${SETTLED + 3 * AROUND}, got ${GIVEN[0]}`);

/** What is held once garbage is collected and workers are gone, in MB. Twice: finalizers run between, and free more. */
async function settled() {
  for (let i = 0; i < 2; i += 1) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, SETTLING_MS));
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss: rss / 2 ** 20, heap: heapUsed / 2 ** 20, external: external / 2 ** 20 };
}

function medians(samples) {
  const median = (key) => samples.map((sample) => sample[key]).sort((a, b) => a - b)[samples.length >> 1];
  return { rss: median('rss'), heap: median('heap'), external: median('external') };
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

const show = ({ rss, heap, external }) => `${rss.toFixed(1)} MB (JavaScript ${heap.toFixed(1)}, buffers ${external.toFixed(1)})`;

async function rounds(threads) {
  const [early, late] = [[], []];
  let ms = 0;
  for (let i = 1; i <= ROUNDS; i += 1) {
    const start = performance.now();
    await round(threads);
    ms += (performance.now() - start) / ROUNDS;
    if (Math.abs(i - SETTLED) <= AROUND) early.push(await settled());
    else if (i >= ROUNDS - 2 * AROUND) late.push(await settled());
    else if (i % Math.max(1, Math.floor(ROUNDS / 10)) === 0) console.log(`       round ${i}: ${show(await settled())}`);
  }
  const [first, last] = [medians(early), medians(late)];
  const growth = last.rss / first.rss - 1;
  const kilobytes = ((last.rss - first.rss) * 1024) / (ROUNDS - AROUND - SETTLED);
  const numbers = `${show(first)} around round ${SETTLED}, ${show(last)} around ${ROUNDS - AROUND}`;
  expect(growth <= MOST_GROWTH, `${threads} thread(s): ${numbers}: ${(growth * 100).toFixed(1)} %, ${kilobytes.toFixed(1)} kB a round; ${ms.toFixed(0)} ms a round`);
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
