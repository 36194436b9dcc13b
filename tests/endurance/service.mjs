/**
 * `receptive serve` under a steady load of photos: is a request lost, does memory grow, do answers become slower?
 *
 *     node tests/endurance/service.mjs [--seconds 600] [--load 0.8] [--busy]
 *
 * First as many clients as there are workers, and one more, ask without a pause: that is what the service can do. Then requests come at a part of
 * that rate, whether or not earlier ones were answered. The time is cut into ten parts; the first is for warming up. Of the last parts, by medians,
 * the 99th percentile may be 1.5 times, and memory 1.1 times, those of the second to fourth. Every answer has to be 200. With --busy that alone is
 * judged: where the machine does other things, times and memory say nothing.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { askAtRate, askSteadily, photoClient, quantile, startService } from '../support/service-load.mjs';

const number = { type: 'string' };
const { values } = parseArgs({ options: { seconds: { ...number, default: '600' }, load: { ...number, default: '0.8' }, size: { ...number, default: '2' }, busy: { type: 'boolean', default: false } } });
const [SECONDS, LOAD, SIZE] = [values.seconds, values.load, values.size].map(Number);
const PARTS = 10;
const MEASURE_SECONDS = Math.min(20, SECONDS / 10);
const [MOST_SLOWER, MOST_GROWTH] = [1.5, 1.1];

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const PHOTO = readFileSync(new URL('../../examples/assets/photos/dog.jpg', import.meta.url));

const { child: service, url: base } = await startService([CLI, 'serve', 'squeezenet1_1', '--port', '0', '--size', String(SIZE), '--quiet']);
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const ask = photoClient(base, PHOTO, agent);

/** Photos that are answered a second. */
const capacity = async () => (await askSteadily(ask, SIZE + 1, MEASURE_SECONDS)).perSecond;

async function memory() {
  const text = await (await fetch(`${base}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]) / 2 ** 20;
}

const median = (numbers) => quantile(numbers, 0.5);

/** Asks at a steady rate for a while. */
async function part(rate, seconds) {
  const answers = await askAtRate(ask, rate, seconds);
  const times = answers.map(({ ms }) => ms);
  return { count: answers.length, lost: answers.filter(({ status }) => status !== 200).length, p50: median(times), p99: quantile(times, 0.99), rss: await memory() };
}

await capacity();
const rate = LOAD * (await capacity());
console.log(`${(rate / LOAD).toFixed(1)} photos a second at most; ${rate.toFixed(1)} a second for ${SECONDS} s`);
const parts = [];
for (let i = 0; i < PARTS; i += 1) {
  const { count, lost, p50, p99, rss } = await part(rate, SECONDS / PARTS);
  parts.push({ count, lost, p99, rss });
  console.log(`       ${i + 1}: ${count} answers, ${lost} lost, ${p50.toFixed(1)} ms (p99 ${p99.toFixed(1)}), ${rss.toFixed(1)} MB`);
}

let failed = false;
function expect(holds, message) {
  console.log(`${holds ? 'ok    ' : 'FAILED'} ${message}`);
  failed ||= !holds;
}

const [early, late] = [parts.slice(1, 4), parts.slice(-3)];
const times = (key) => median(late.map((one) => one[key])) / median(early.map((one) => one[key]));
const lost = parts.reduce((sum, one) => sum + one.lost, 0);
expect(lost === 0, `${lost} of ${parts.reduce((sum, one) => sum + one.count, 0)} requests lost`);
if (!values.busy) expect(times('p99') <= MOST_SLOWER, `the 99th percentile at the end is ${times('p99').toFixed(2)} times that of the beginning`);
if (!values.busy) expect(times('rss') <= MOST_GROWTH, `memory at the end is ${times('rss').toFixed(3)} times that of the beginning`);
service.kill('SIGTERM');
const [code] = await once(service, 'exit');
expect(code === 0, `it ends with code ${code}`);
agent.destroy();
process.exitCode = failed ? 1 : 0;
