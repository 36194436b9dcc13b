/** Classifies one picture several times at once and watches the memory: `node bomb.mjs JOB`, the job as JSON. */
import { readFileSync } from 'node:fs';
import { openEngine } from './engines.mjs';
import { writeForRivals } from './model.mjs';
import { makePhoto } from './photos.mjs';
import { reasonOf } from './rounds.mjs';

const EVERY_MS = 20;
const AFTER_MS = 5000;
const SHOWN = 90;

const { engine: name, options, file, folder, calls, seconds } = JSON.parse(process.argv[2]);
const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));

writeForRivals(folder);
const { reason, classify } = await openEngine(name, { folder, variant: 'auto' });
if (reason !== undefined) throw new Error(`${name}: ${reason}`);
const bomb = new Uint8Array(readFileSync(file));
await classify((await makePhoto(0.4)).bytes);
await pause(500);

const memory = { start: process.memoryUsage.rss(), peak: 0 };
const timer = setInterval(() => {
  memory.peak = Math.max(memory.peak, process.memoryUsage.rss());
}, EVERY_MS);

/** What became of a call, and after how long. */
async function outcomeOf() {
  const start = performance.now();
  const given = new Promise((resolve) => setTimeout(resolve, seconds * 1000, `no answer within ${seconds} s`).unref());
  const answered = classify(bomb, options).then(() => 'answer', (error) => `${error.name}: ${reasonOf(error).slice(0, SHOWN)}`);
  const outcome = await Promise.race([answered, given]);
  return { outcome, ms: performance.now() - start };
}

const outcomes = await Promise.all(Array.from({ length: calls }, outcomeOf));
clearInterval(timer);
await pause(AFTER_MS);
memory.after = process.memoryUsage.rss();
process.send({ memory, outcomes }, () => process.exit(0));
