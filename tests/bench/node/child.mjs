/** One network in a process of its own: all memory comes back, and a process that dies takes nothing with it. */
import { rooflineModules } from '../roofline-wasm.mjs';
import { runJob } from '../session.mjs';
import { enginesFor, models } from './engines.mjs';

/** tfjs recommends its native backend at every start. */
console.warn = () => {};

process.once('message', async (job) => {
  const stage = (at) => new Promise((sent) => process.send({ stage: at }, sent));
  const result = await runJob(job, { models, rooflineModules: rooflineModules(), enginesFor, stage });
  process.send({ result }, () => process.exit(0));
});
