/**
 * The ratios that the lessons name: every lesson on one layer, round after round in turn, so that a machine that slows down slows
 * all of them; medians.
 *
 *   node tests/bench/lessons.mjs [--channels 64] [--out 64] [--size 56] [--rounds 15] [--wasm dist/wasm/lessons.wasm]
 */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';

const NAMES = ['naive', 'im2col', 'blocked', 'register tile', 'packed + SIMD', 'Winograd F(2,3)'];
const text = (value) => ({ type: 'string', default: value });
const { values } = parseArgs({
  options: { channels: text('64'), out: text('64'), size: text('56'), rounds: text('15'), wasm: text('dist/wasm/lessons.wasm') },
});
const [c, oc, size, rounds] = [values.channels, values.out, values.size, values.rounds].map(Number);
const { instance } = await WebAssembly.instantiate(readFileSync(values.wasm));
const { memory, prepare, operand, operand_len: lengthOf, run } = instance.exports;

if (prepare(c, size, size, oc, 3, 3, 1, 1) !== 0) throw new Error('there is no such layer');
const operands = [0, 1, 2, 3].map((which) => [operand(which), lengthOf(which)]);
for (const [which, [at, length]] of operands.slice(0, 3).entries()) {
  const data = new Float32Array(memory.buffer, at, length);
  for (let i = 0; i < length; i++) data[i] = Math.sin(i * 0.37 + which);
}

/** Milliseconds that the processor worked on one call: what other programs take in between does not count. */
function time(lesson) {
  const start = process.cpuUsage();
  if (run(lesson) !== 0) throw new Error(`${NAMES[lesson]} refuses this layer`);
  return process.cpuUsage(start).user / 1e3;
}

const times = NAMES.map(() => []);
for (let round = -2; round < rounds; round++) {
  for (const [lesson, all] of times.entries()) {
    const ms = time(lesson);
    if (round >= 0) all.push(ms);
  }
}

const macs = c * 9 * oc * size * size;
const at = (all, share) => [...all].sort((a, b) => a - b)[Math.floor((all.length - 1) * share)];
console.log(`${c} -> ${oc} channels, ${size}x${size}, 3x3; ${rounds} rounds in turn; ${cpus()[0]?.model}, Node ${process.versions.node}`);
console.log(`${'lesson'.padEnd(18)} ${'median ms'.padStart(10)} ${'fastest'.padStart(9)} ${'GFLOP/s'.padStart(8)}  ratio to the one before: medians, fastest`);
times.forEach((all, lesson) => {
  const before = times[lesson - 1];
  const [median, fastest] = [at(all, 0.5), at(all, 0)];
  const ratios = before ? `${(at(before, 0.5) / median).toFixed(2)}  ${(at(before, 0) / fastest).toFixed(2)}` : '';
  const row = [median.toFixed(2).padStart(10), fastest.toFixed(2).padStart(9), ((2 * macs) / median / 1e6).toFixed(2).padStart(8)];
  console.log(`${lesson} ${NAMES[lesson].padEnd(16)} ${row.join(' ')}  ${ratios}`);
});
