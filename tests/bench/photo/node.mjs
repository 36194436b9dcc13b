/** "Whole photo to label" in Node: times interleaved in one process, memory in a process for each engine. */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ENGINE_NAMES, openEngine } from './engines.mjs';
import { writeForRivals } from './model.mjs';
import { makePhoto, titleOf } from './photos.mjs';
import { NODE_COLUMNS } from './report.mjs';
import { timeRequests } from './rounds.mjs';
import { nodeTargets } from './targets.mjs';

const MEMORY = fileURLToPath(new URL('memory.mjs', import.meta.url));

const TEXT = `From the bytes of a JPEG. CPU is that of the process, with workers and decoders. Memory: ten requests in a fresh process.
"Network alone" is what is left when the input is ready; it is timed through the worker as the others are.`;

/** @returns where it was measured, and one section: a row for each photo */
export async function measureInNode(options, log) {
  const folder = mkdtempSync(join(tmpdir(), 'receptive-photo-'));
  try {
    writeForRivals(folder);
    const rows = [];
    for (const megapixels of options.sizes) {
      log(`photo of ${megapixels} MP ...`);
      rows.push(await measurePhoto(await makePhoto(megapixels), { ...options, folder }));
    }
    const section = { title: 'Node', text: TEXT, rows, columns: NODE_COLUMNS, targets: rows.flatMap(nodeTargets) };
    return { where: `Node ${process.version}`, sections: [section] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measurePhoto(photo, options) {
  const { folder, without, seconds } = options;
  const names = ENGINE_NAMES.filter((name) => !without.some((left) => name.includes(left)));
  const opened = [];
  for (const name of names) opened.push(await openEngine(name, options));
  const engines = await timeRequests(opened, { seconds, next: () => photo.bytes, watch: withCpu });
  for (const { dispose } of opened) await dispose?.();
  const file = join(folder, `${photo.megapixels}.jpg`);
  writeFileSync(file, photo.bytes);
  for (const engine of engines) {
    if (engine.reason === undefined) engine.memory = await memoryOf(engine.name, file, options);
  }
  return { title: titleOf(photo), engines };
}

/** Of the whole process: its workers and its decoders' threads count. */
async function withCpu(request) {
  const before = process.cpuUsage();
  const start = performance.now();
  await request();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { ms, cpu: (user + system) / 1000 };
}

function memoryOf(name, file, { folder, variant }) {
  return new Promise((resolve) => {
    const child = fork(MEMORY, [name, file, folder, variant], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    let message;
    child.on('message', (sent) => {
      message = sent;
    });
    child.on('close', () => resolve(message));
  });
}

