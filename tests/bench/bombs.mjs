/** The memory of a process that is asked to classify several vast pictures at once: `node tests/bench/bombs.mjs --help`. */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { machine } from './machine.mjs';
import { allVersions } from './node/packages.mjs';
import { table } from './report.mjs';

const CHILD = fileURLToPath(new URL('photo/bomb.mjs', import.meta.url));
const SIDE = 9999;
const MB = 2 ** 20;

const HELP = `node tests/bench/bombs.mjs [options]
  --max-pixels N    also with the option maxPixels: N, of classify
  --calls N         pictures at once (default 6)
  --alpha           a PNG with alpha: four bytes a pixel
  --timeout S       seconds after which a call is given up (default 60)
  --markdown FILE   writes the report there too`;

const FLAGS = {
  'max-pixels': { type: 'string' },
  calls: { type: 'string', default: '6' },
  alpha: { type: 'boolean', default: false },
  timeout: { type: 'string', default: '60' },
  markdown: { type: 'string' },
  help: { type: 'boolean', default: false },
};

/** About a megabyte that becomes 300 or 400 of pixels: rows that repeat. */
async function makeBomb(file, channels) {
  const row = Buffer.from(Array.from({ length: SIDE * channels }, (_, i) => (i * 7) % 251));
  const pixels = Buffer.concat(Array.from({ length: SIDE }, () => row));
  const bytes = await sharp(pixels, { raw: { width: SIDE, height: SIDE, channels } }).png({ compressionLevel: 9 }).toBuffer();
  writeFileSync(file, bytes);
  return bytes.length;
}

/** In a process of its own, which may die. */
function runChild(job) {
  return new Promise((resolve) => {
    const child = fork(CHILD, [JSON.stringify(job)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    let result;
    child.on('message', (message) => {
      result = message;
    });
    child.on('close', (code, signal) => resolve(result ?? { ended: signal ?? `code ${code}` }));
  });
}

function rowOf(name, { ended, memory, outcomes }) {
  if (!memory) return [name, `- (the process ended: ${ended})`, '', '', '', ''];
  const told = [...counted(outcomes)].map(([outcome, count]) => `${count} x ${outcome}`).join('; ');
  const slowest = Math.max(...outcomes.map(({ ms }) => ms));
  return [name, ...['start', 'peak', 'after'].map((at) => (memory[at] / MB).toFixed(0)), (slowest / 1000).toFixed(1), told];
}

function counted(outcomes) {
  const counts = new Map();
  for (const { outcome } of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return counts;
}

function reportOf(rows, { calls, bytes, channels }) {
  const { cpu, cores, memoryGb, os, node } = machine();
  const versions = allVersions(['onnxruntime-node', 'sharp']);
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version ?? '(not installed)'}`).join(', ');
  const head = ['', 'MB at the start', 'at the peak', '5 s after', 'slowest call, s', 'outcomes'];
  return `${cpu}, ${cores} cores, ${memoryGb} GB, ${os}; Node ${node}; ${new Date().toISOString()}\n
${packages}\n
A PNG of ${SIDE}x${SIDE} pixels${channels === 4 ? ' with alpha' : ''} in ${(bytes / 1e6).toFixed(2)} MB, ${calls} calls at once, each way in a process of its own. Resident memory, read
every 20 ms: once the network is loaded and has classified a small picture, the most, and 5 s after the last call.\n
${table(head, rows)}\n`;
}

async function main() {
  const { values } = parseArgs({ options: FLAGS });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const { 'max-pixels': most } = values;
  const channels = values.alpha ? 4 : 3;
  const ways = [
    ['receptive', { engine: 'receptive' }],
    ...(most ? [[`receptive, maxPixels ${most}`, { engine: 'receptive', options: { maxPixels: Number(most) } }]] : []),
    ['sharp to 227, receptive', { engine: 'sharp to 227, receptive' }],
    ['sharp to 227, onnxruntime-node', { engine: 'sharp to 227, onnxruntime-node' }],
  ];
  const folder = mkdtempSync(join(tmpdir(), 'receptive-bombs-'));
  try {
    const file = join(folder, 'bomb.png');
    const bytes = await makeBomb(file, channels);
    const rows = [];
    for (const [name, way] of ways) {
      console.error(`${name} ...`);
      rows.push(rowOf(name, await runChild({ ...way, file, folder, calls: Number(values.calls), seconds: Number(values.timeout) })));
    }
    const text = reportOf(rows, { calls: values.calls, bytes, channels });
    console.log(text);
    if (values.markdown) writeFileSync(values.markdown, text);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
