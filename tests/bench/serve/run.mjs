/**
 * Services that classify photos: this library's and one on onnxruntime-node, over loopback, on two cores that the clients share.
 *
 *     node tests/bench/serve/run.mjs [--nets squeezenet1_1,mobilenet_v2] [--seconds 60] [--markdown FILE]
 *
 * Each is asked for so many seconds in turns of a sixth of them, first by as many clients as keep it busy, then at 80 % of the rate of the slower
 * one, this library's also at five times its own.
 */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { askAtRate, askSteadily, photoClient, quantile, startService } from '../../support/service-load.mjs';
import { machine } from '../machine.mjs';
import { allVersions } from '../node/packages.mjs';
import { digits, table } from '../report.mjs';
import { SERVED, writeNet } from './models.mjs';

const { values } = parseArgs({ options: { nets: { type: 'string', default: SERVED.join(',') }, seconds: { type: 'string', default: '60' }, markdown: { type: 'string' } } });
const SECONDS = Number(values.seconds);
const TURNS = 6;
const CLIENTS = 4;
const [SIZE, QUEUE] = [2, 16];
const LOAD = 0.8;
const OVERLOAD = 5;
const PHOTO = readFileSync(new URL('../../../examples/assets/photos/dog.jpg', import.meta.url));
const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/** By name: what starts each. */
const servicesOf = ({ ours, rival }) => ({
  receptive: [at('../../../dist/cli.js'), 'serve', ours, '--port', '0', '--size', String(SIZE), '--max-queue', String(QUEUE), '--quiet'],
  'onnxruntime-node, 2 processes': [at('rival.mjs'), JSON.stringify({ ...rival, processes: 2, threads: 1 })],
  'onnxruntime-node, 2 threads': [at('rival.mjs'), JSON.stringify({ ...rival, processes: 1, threads: 2 })],
});

/** Resident memory of a process and of those that it started, in MB. */
function memoryOf(pid) {
  const kb = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  return kb / 1024 + children.reduce((sum, child) => sum + memoryOf(child), 0);
}

async function start(args) {
  const began = performance.now();
  const { child, url } = await startService(args);
  const ask = photoClient(url, PHOTO);
  const { status } = await ask();
  if (status !== 200) throw new Error(`${args[0]}: answered ${status}`);
  return { child, ask, coldMs: performance.now() - began };
}

async function stop(child) {
  child.kill('SIGTERM');
  await once(child, 'exit');
}

const times = (answers, status) => answers.filter((one) => one.status === status).map(({ ms }) => ms);
const median = (numbers) => quantile(numbers, 0.5);

async function measure(args) {
  const colds = [];
  for (let i = 0; i < TURNS; i += 1) {
    for (const [name, command] of Object.entries(args)) {
      const { child, coldMs } = await start(command);
      colds.push([name, coldMs]);
      await stop(child);
    }
  }
  const running = await Promise.all(Object.entries(args).map(async ([name, command]) => ({ name, ...(await start(command)), rates: [], late: [] })));
  for (const { ask } of running) await askSteadily(ask, CLIENTS, SECONDS / TURNS / 2);
  for (let i = 0; i < TURNS; i += 1) for (const one of running) one.rates.push((await askSteadily(one.ask, CLIENTS, SECONDS / TURNS)).perSecond);
  const rate = LOAD * Math.min(...running.map(({ rates }) => median(rates)));
  for (let i = 0; i < TURNS; i += 1) for (const one of running) one.late.push(times(await askAtRate(one.ask, rate, SECONDS / TURNS), 200));
  for (const one of running) Object.assign(one, { rss: memoryOf(one.child.pid), cold: median(colds.filter(([name]) => name === one.name).map(([, ms]) => ms)) });
  const [ours] = running;
  const capacity = median(ours.rates);
  const flood = await askAtRate(ours.ask, OVERLOAD * capacity, SECONDS / TURNS);
  await Promise.all(running.map(({ child }) => stop(child)));
  return { rate, running, flood, bound: (1000 * (SIZE + QUEUE)) / capacity };
}

function report(net, { rate, running, flood, bound }) {
  const rows = running.map(({ name, rates, late, rss, cold }) => [
    name, digits(median(rates)), digits(median(late.map((ms) => quantile(ms, 0.5)))), digits(median(late.map((ms) => quantile(ms, 0.99)))), digits(rss), digits(cold),
  ]);
  const [answered, refused] = [times(flood, 200), times(flood, 503)];
  return `## ${net}

${table(['', 'photos a second, all busy', `median ms at ${digits(rate)} a second`, 'p99 ms there', 'memory, MB', 'ms to the first answer'], rows)}

At ${OVERLOAD} times its own rate receptive answered ${answered.length} of ${flood.length}, p99 ${digits(quantile(answered, 0.99))} ms (its queue of ${QUEUE} takes
${digits(bound)} ms); it refused ${refused.length} in ${digits(quantile(refused, 0.5))} ms, p99 ${digits(quantile(refused, 0.99))}; ${flood.length - answered.length - refused.length} were lost.`;
}

const folder = mkdtempSync(join(tmpdir(), 'receptive-serve-'));
try {
  const { cpu, cores } = machine();
  const versions = Object.entries(allVersions(['onnxruntime-node', 'sharp'])).map(([name, version]) => `${name} ${version ?? 'of the clone'}`).join(', ');
  const parts = [`${cpu}, ${cores} cores; Node ${process.version}; ${versions}; photos of ${PHOTO.byteLength} bytes, ${SECONDS} s each in ${TURNS} turns`];
  for (const net of values.nets.split(',')) {
    parts.push(report(net, await measure(servicesOf(writeNet(net, folder)))));
    console.log(parts.at(-1));
  }
  if (values.markdown) writeFileSync(values.markdown, `${parts.join('\n\n')}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
