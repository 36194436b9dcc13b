import { verify } from '../lib/net.mjs';
import { nodeProject } from '../lib/node.mjs';
import { run } from '../lib/project.mjs';

export const title = "Node inside the application's own worker_threads, ten at once";

const MAIN = `import { Worker } from 'node:worker_threads';
const inWorker = () => new Promise((resolve, reject) => {
  const worker = new Worker(new URL('./worker.js', import.meta.url));
  worker.on('message', resolve);
  worker.on('error', reject);
});
console.log(JSON.stringify(await Promise.all(Array.from({ length: 10 }, inWorker))));
`;

const WORKER = `import { parentPort } from 'node:worker_threads';
import { use } from './use.js';
parentPort.postMessage(await use({ threads: 2 }));
`;

export async function check(context) {
  const { folder, node } = await nodeProject(context, 20, { 'main.js': MAIN, 'worker.js': WORKER });
  const results = JSON.parse(await run(node, ['main.js'], { cwd: folder, timeout: 60_000 }));
  if (results.length !== 10) throw new Error(`expected ten results, got ${results.length}`);
  return `10 x ${results.map(verify)[0]}`;
}
