/**
 * Rounds of load, run and dispose of SqueezeNet in a page in Chromium: does the JavaScript heap come back, is a worker left?
 *
 *     node tests/endurance/chromium.mjs [rounds = 100]
 */
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { CHROMIUM_ARGS, findChromium } from '../support/chromium-path.mjs';

const ROUNDS = Number(process.argv[2] ?? 100);
const SETTLED = 20;
const MOST_GROWTH = 0.1;
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TYPES = { '.js': 'text/javascript', '.wasm': 'application/wasm' };
const ISOLATED = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };
const PAGE = `<!doctype html><link rel="icon" href="data:,"><script type="module">
  import { load } from '/dist/web/index.js';
  const x = new Float32Array(3 * 227 * 227).fill(0.5);
  globalThis.round = async () => {
    const model = await load('/examples/assets/squeezenet1_1.safetensors');
    await model.run(x);
    await model.dispose();
  };
</script>`;

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (pathname === '/') return void response.writeHead(200, { 'content-type': 'text/html', ...ISOLATED }).end(PAGE);
  const file = ROOT + pathname.slice(1);
  if (!existsSync(file)) return void response.writeHead(404).end();
  response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', ...ISOLATED }).end(readFileSync(file));
}).listen(0);

const executablePath = findChromium();
const browser = await chromium.launch({ ...(executablePath && { executablePath }), args: CHROMIUM_ARGS });
const page = await browser.newPage();
await page.goto(`http://localhost:${server.address().port}/`);
await page.waitForFunction(() => 'round' in globalThis);
const session = await page.context().newCDPSession(page);
const targets = await browser.newBrowserCDPSession();

async function heap() {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize / 2 ** 20;
}

async function workers() {
  const { targetInfos } = await targets.send('Target.getTargets', { filter: [{ type: 'worker' }] });
  return targetInfos.length;
}

let settled = 0;
for (let i = 1; i <= ROUNDS; i += 1) {
  await page.evaluate(() => globalThis.round());
  if (i === SETTLED) settled = await heap();
}
const last = await heap();
const until = performance.now() + 5000;
while ((await workers()) > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
const left = await workers();
const growth = last / settled - 1;
const holds = growth <= MOST_GROWTH && left === 0;
const numbers = `${settled.toFixed(2)} MB of heap after ${SETTLED} rounds, ${last.toFixed(2)} MB after ${ROUNDS}`;
console.log(`${holds ? 'ok    ' : 'FAILED'} ${numbers} (${(growth * 100).toFixed(1)} %), ${left} workers left`);
await browser.close();
server.closeAllConnections();
server.close();
process.exitCode = holds ? 0 : 1;
