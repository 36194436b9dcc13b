/**
 * `npm run memory`: time and peak memory of loading large files, each in a fresh process, against the limits. The best of
 * three counts; fails if one is over. The limits are for one thread: each further one is a worker of its own, 15 to 20 MB.
 */
import { execFileSync, fork } from 'node:child_process';
import { mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { models } from '../../dist/node/index.js';

const ROUNDS = 3;
const WAYS = [
  { where: 'worker', entry: 'index', threads: '1', limited: true },
  { where: 'calling thread', entry: 'inline', threads: '1', limited: true },
  { where: 'worker', entry: 'index', threads: 'auto', limited: false },
];
/** Each network, its folder among the ONNX models, and how many milliseconds loading may take. */
const NETS = [
  { net: 'vgg16', onnx: 'vgg16_bn_unfolded', limitMs: 1000 },
  { net: 'resnet50', onnx: 'resnet50', limitMs: 300 },
];
/** The weights once and a quarter, and the process without any. */
const peakLimit = (weightBytes) => 1.25 * weightBytes + 100e6;

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const product = (shape) => shape.reduce((a, b) => a * b, 1);

/** Small numbers that differ: neither time nor memory depends on which. */
const NUMBERS = Float32Array.from({ length: 1 << 20 }, (_, i) => Math.sin(i) / 50);

function writeNumbers(file, count) {
  for (let left = count; left > 0; left -= NUMBERS.length) {
    writeSync(file, new Uint8Array(NUMBERS.buffer, 0, 4 * Math.min(left, NUMBERS.length)));
  }
}

/** The shortest form of the format: the header's length, the header, and all tensors in its order. */
function writeSafetensors(path, params) {
  let at = 0;
  const header = Object.fromEntries(params.map(({ name, shape }) => {
    const begin = at;
    at += 4 * product(shape);
    return [name, { dtype: 'F32', shape, data_offsets: [begin, at] }];
  }));
  const text = JSON.stringify(header);
  const head = Buffer.from(`        ${text}${' '.repeat((8 - (text.length % 8)) % 8)}`);
  head.writeBigUInt64LE(BigInt(head.length - 8));
  const file = openSync(path, 'w');
  writeSync(file, head);
  writeNumbers(file, at / 4);
  closeSync(file);
  return at;
}

/** The weights that an exported network expects beside it. */
function writeExternal(folder) {
  const { fill } = JSON.parse(readFileSync(join(folder, 'meta.json'), 'utf8'));
  const count = fill.reduce((sum, [, shape]) => sum + product(shape), 0);
  const file = openSync(join(folder, 'weights.bin'), 'w');
  writeNumbers(file, count);
  closeSync(file);
  return 4 * count;
}

function writeFiles(folder) {
  const wanted = NETS.map(({ onnx }) => `onnx/${onnx}`);
  execFileSync('tar', ['xzf', here('../onnx/cases/nets.tar.gz'), '-C', folder, ...wanted]);
  return NETS.flatMap(({ net, onnx, limitMs }) => {
    const safetensors = join(folder, `${net}.safetensors`);
    const exported = join(folder, 'onnx', onnx);
    return [
      { net, limitMs, file: safetensors, bytes: writeSafetensors(safetensors, models[net]().params) },
      { net: onnx, limitMs, file: join(exported, 'skeleton.onnx'), bytes: writeExternal(exported) },
    ];
  });
}

function loadOnce(args) {
  return new Promise((resolve, reject) => {
    let measured;
    const child = fork(here('memory-child.mjs'), args);
    child.on('message', (message) => (measured = message));
    child.on('close', (code) => (measured ? resolve(measured) : reject(new Error(`${args.join(' ')} ended with ${code}`))));
  });
}

async function measure({ where, entry, threads, limited }, { net, file, bytes, limitMs }) {
  const all = [];
  while (all.length < ROUNDS) all.push(await loadOnce([entry, net, file, threads]));
  const ms = Math.min(...all.map((one) => one.ms));
  const peak = Math.min(...all.map((one) => one.peakBytes));
  const cpuMs = Math.min(...all.map((one) => one.cpuMs));
  const kind = file.endsWith('.onnx') ? 'ONNX' : 'safetensors';
  const within = !limited || (ms <= limitMs && peak <= peakLimit(bytes));
  const megabytes = (count) => `${(count / 1e6).toFixed(0)} MB`;
  const times = `${ms.toFixed(0)} ms (${limited ? `at most ${limitMs}; ` : ''}${cpuMs.toFixed(0)} of processors, with the start of Node)`;
  const memory = `peak ${megabytes(peak)}${limited ? ` (at most ${megabytes(peakLimit(bytes))})` : ''}`;
  console.log(`${limited ? (within ? 'ok  ' : 'OVER') : 'told'} ${net}, ${kind}, ${megabytes(bytes)}, ${where}, threads: ${all[0].threads}: ${times}, ${memory}`);
  return within;
}

const folder = mkdtempSync(join(tmpdir(), 'receptive-memory-'));
try {
  const results = [];
  for (const files of writeFiles(folder)) for (const way of WAYS) results.push(await measure(way, files));
  process.exitCode = results.every(Boolean) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
