/** Training: a step of each network on this library and on others, interleaved. `npm run bench -- --train` */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { supports } from '../../../.build/wasm/variant.js';
import { machine } from '../machine.mjs';
import { ownVersion, versionOf } from '../node/packages.mjs';
import { trainingMarkdown } from './report.mjs';

const CHILD = fileURLToPath(new URL('child.mjs', import.meta.url));
/** Profiled rounds, of which each step's least time counts. */
const PROFILE_ROUNDS = 20;

function inChild(job) {
  return new Promise((resolve) => {
    const child = fork(CHILD);
    let result;
    child.on('message', (message) => (result = message));
    child.on('exit', (code, signal) => resolve(result ?? { net: job.name, failed: `the process ended by ${signal ?? code}` }));
    child.send(job);
  });
}

/** @returns the report and its text */
export async function measureTrainings({ nets, seconds, threads, variant, python }, log) {
  const variants = variant === 'auto' ? ['relaxed', 'simd'].filter((one) => supports(one)) : [variant];
  const results = [];
  for (const name of nets) {
    log(`${name} ...`);
    results.push(await inChild({ name, seconds, threads, variants, python, profileRounds: PROFILE_ROUNDS }));
  }
  const versions = { receptive: ownVersion(), convnetjs: versionOf('convnetjs'), '@tensorflow/tfjs-core': versionOf('@tensorflow/tfjs-core') };
  const report = { date: new Date().toISOString(), machine: machine(), versions, options: { nets, seconds, threads, variants }, results };
  return { report, text: trainingMarkdown(report) };
}
