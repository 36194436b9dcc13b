/** One network in a process of its own: what it takes of memory goes with it. */
import { measureTraining } from './measure.mjs';

process.once('message', async (job) => {
  const result = await measureTraining(job).catch((error) => ({ net: job.name, failed: String(error.stack ?? error) }));
  process.send(result, () => process.exit(0));
});
