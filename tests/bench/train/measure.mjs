/** One network on every learner, a step each in turns. */
import { roundsFor, statistics } from '../arithmetic.mjs';
import { learnt } from './batch.mjs';
import { cpuMs } from './clock.mjs';
import { buildTrained } from './nets.mjs';
import { openOurs } from './ours.mjs';
import { openTorch } from './torch.mjs';
import { openConvNet, openTfjs } from './web.mjs';

const WARM_UPS = 3;
const WARM_MS = 500;
/** Beyond this a learner takes part in three rounds only. */
const SLOW_MS = 2000;
const SLOW_ROUNDS = 3;
/** Losses of the first steps agree to this part of them. */
const TOLERANCE = 1e-3;
const PAUSE_MS = 30;

/** @param job - `name`, `seconds`, `variants`, `threads`, `python` */
export async function measureTraining(job) {
  const net = buildTrained(job.name);
  const data = learnt(net);
  const learners = await openAll(net, data, job);
  for (const learner of learners.filter(({ step }) => step)) {
    await warmUp(learner).catch((error) => Object.assign(learner, { step: undefined, reason: String(error.message).split('\n')[0] }));
  }
  const reference = learners[0].losses;
  for (const learner of learners) learner.difference = differenceOf(reference, learner);
  await timeRounds(learners.filter(({ step }) => step), net.rounds, job);
  const profiles = learners.filter(({ profile }) => profile).map(({ name, profile }) => ({ name, steps: profile(job.profileRounds) }));
  for (const { dispose } of learners) dispose?.();
  return { net: job.name, target: net.target, learners: learners.map(reported), profiles, bytes: learners[0].bytes };
}

async function openAll(net, data, { variants, threads, python }) {
  const wanted = [
    ...variants.flatMap((variant) => [[variant, () => openOurs(net, data, { variant })], ...more(variant)]),
    ['pytorch', () => openTorch(net, data, { python, threads: 1 })],
    ...(net.web.includes('convnetjs') ? [['convnetjs', () => openConvNet(net, data)]] : []),
    ...(net.web.includes('tfjs-cpu') ? [['tfjs-cpu', () => openTfjs(net, data)]] : []),
  ];
  function more(variant) {
    return threads > 1 ? [[`${variant}, ${threads} threads`, () => openOurs(net, data, { variant, threads })]] : [];
  }
  const learners = [];
  for (const [name, open] of wanted) learners.push(await open().catch((error) => ({ name, reason: String(error.message).split('\n')[0] })));
  // What goes forward alone is a learner of its own, which learns nothing.
  return learners.flatMap((one) => (one.forward ? [one, { name: `${one.name}, forward`, step: one.forward }] : [one]));
}

/** The time of a step by the caller's clock, or by the learner's own. */
async function timed({ step }) {
  const [start, cpu] = [performance.now(), cpuMs()];
  const answer = step();
  if (!(answer instanceof Promise)) return { cpu: cpuMs() - cpu, ms: performance.now() - start, loss: answer };
  return answer;
}

async function warmUp(learner) {
  learner.losses = [];
  const begin = performance.now();
  for (let i = 0; (i < WARM_UPS || performance.now() - begin < WARM_MS) && performance.now() - begin < 3 * SLOW_MS; i += 1) {
    const { ms, loss } = await timed(learner);
    learner.losses.push(loss);
    learner.warmMs = Math.min(learner.warmMs ?? Infinity, ms);
  }
}

/** Of the second losses, after one update. `steps`: those that were learned when it was opened. */
function differenceOf(reference, { losses, steps = 0 }) {
  const [wanted] = reference ?? [];
  const got = losses?.[1 - steps];
  return typeof got === 'number' && typeof wanted === 'number' ? Math.abs(got - wanted) / Math.abs(wanted) : undefined;
}

async function timeRounds(learners, most, { seconds, threads }) {
  const fast = learners.filter(({ warmMs }) => warmMs < SLOW_MS);
  const roundMs = fast.reduce((sum, { warmMs }) => sum + warmMs + (threads > 1 ? PAUSE_MS : 0), 0);
  const rounds = roundsFor(roundMs, seconds, most);
  for (const learner of learners) Object.assign(learner, { samples: [], cpu: [] });
  for (let round = 0; round < rounds; round += 1) {
    const taking = round < SLOW_ROUNDS ? learners : fast;
    for (let i = 0; i < taking.length; i += 1) {
      const learner = taking[(round + i) % taking.length];
      if (threads > 1) await new Promise((resume) => setTimeout(resume, PAUSE_MS));
      const { ms, cpu } = await timed(learner);
      learner.samples.push(ms);
      learner.cpu.push(cpu);
    }
  }
}

function reported({ name, version, reason, samples, cpu, difference }) {
  const off = !(difference === undefined || difference <= TOLERANCE);
  return { name, version, reason: off ? `its loss differs by ${difference.toExponential(1)}` : reason, difference, times: samples && statistics(samples), cpu: cpu && { mean: cpu.reduce((sum, ms) => sum + ms, 0) / cpu.length } };
}
