/** One job: roofs, weights, engines, measurement; in Node and in the page alike. */
import { measureNet } from './measure.mjs';
import { prepareNet } from './prepare.mjs';
import { measureRoofline, roofsFor } from './roofline.mjs';

/**
 * @param job - `{ name, batch, threads, seconds, variant, wide, exclude }`
 * @param place - `{ models, rooflineModules, enginesFor, stage }` of where it runs
 */
export async function runJob(job, { models, rooflineModules, enginesFor, stage }) {
  const { name, batch, threads, seconds, variant } = job;
  await stage('roofline');
  const measured = await measureRoofline(rooflineModules);
  await stage('weights');
  const net = prepareNet(models, name, batch);
  const engines = await enginesFor(net, job);
  const fastest = measured.peak.relaxed ? 'relaxed' : 'simd';
  const roofline = roofsFor(measured, variant === 'auto' ? fastest : variant, threads);
  return { ...(await measureNet(net, engines, { seconds, threads, roofline, stage })), roofline: measured };
}
