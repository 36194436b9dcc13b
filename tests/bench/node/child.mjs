/** One network in a process of its own: all memory comes back, and a process that dies takes nothing with it. */
import { prepareNet } from '../prepare.mjs';
import { measureNet } from '../measure.mjs';
import { rooflineModules } from '../roofline-wasm.mjs';
import { measureRoofline, roofsFor } from '../roofline.mjs';
import { enginesFor, models } from './engines.mjs';

/** The backend suggests the native one at every start. */
console.warn = () => {};

process.once('message', async ({ name, batch, threads, seconds, variant, exclude }) => {
  const stage = (at) => process.send({ stage: at });
  stage('roofline');
  const measured = await measureRoofline(rooflineModules());
  stage('weights');
  const net = prepareNet(models, name, batch);
  const engines = await enginesFor(net, { threads, variant, exclude });
  const runs = variant === 'auto' ? (measured.peak.relaxed ? 'relaxed' : 'simd') : variant;
  const result = await measureNet(net, engines, { seconds, roofline: roofsFor(measured, runs, threads), stage });
  process.send({ result: { ...result, roofline: measured } }, () => process.exit(0));
});
