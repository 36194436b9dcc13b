/** What loading takes: fresh processes, files on disk. */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from '../arithmetic.mjs';

/** Networks, and how often each engine loads them. */
const RUNS = { lenet5: 5, resnet50: 3, vgg16: 3 };
const ENGINES = ['receptive, inline', 'receptive, worker', 'onnxruntime-web', 'onnxruntime-node'];

const script = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Medians of the times and of the peak memory, for each network and engine; the reason where one fails. */
export async function measureLoads({ log }) {
  const folder = mkdtempSync(join(tmpdir(), 'receptive-bench-'));
  const rows = [];
  try {
    for (const [net, runs] of Object.entries(RUNS)) {
      log(`loading ${net} ...`);
      const { ended } = await runScript('files.mjs', [net, folder]);
      if (ended) throw new Error(`the files of ${net} could not be written: ${ended}`);
      for (const engine of ENGINES) rows.push({ net, engine, ...(await loads([engine, net, folder], runs)) });
      for (const extension of ['safetensors', 'onnx']) rmSync(join(folder, `${net}.${extension}`));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { rows };
}

async function loads(args, runs) {
  const all = [];
  for (let i = 0; i < runs; i += 1) {
    const { message, ended } = await runScript('child.mjs', args);
    if (!message) return { reason: ended ?? 'no answer came' };
    all.push(message);
  }
  const of = (key) => median(all.map((one) => one[key]));
  return { ready: of('ready'), first: of('first'), rssMb: of('rssMb'), runs, all };
}

/** Gives the message that a script sends, and what it died of if it did. */
function runScript(name, args) {
  return new Promise((resolve) => {
    const child = fork(script(name), args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let [message, errors] = [undefined, ''];
    child.on('message', (sent) => {
      message = sent;
    });
    child.stderr.on('data', (text) => {
      errors += text;
    });
    child.on('close', (code, signal) => {
      const why = /^\w*Error.*$/m.exec(errors)?.[0] ?? (signal ? `ended by ${signal}` : `code ${code}`);
      resolve({ message, ended: code === 0 ? undefined : why });
    });
  });
}
