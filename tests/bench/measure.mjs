/** Runs one network on every engine, interleaved round by round, and compares the answers. */
import { relativeDifference, roundsFor, statistics } from './arithmetic.mjs';
import { layersOf } from './layers.mjs';

/** Answers that differ by more, relative to the largest value, are not the same network's. */
const TOLERANCE = 1e-3;
const WARM_UPS = 3;
/** Engines compile what is hot a second time: a small network runs for a while before it counts. */
const WARM_MS = 300;

/** Threads of an engine go on spinning for a while after its run: with several, the next one waits until they sleep. */
const PAUSE_MS = 30;

/**
 * @param net - of `prepareNet`
 * @param engines - rivals and ours, ours first; `reason` in place of `load` where one cannot run
 * @param options.seconds - time for the rounds
 * @param options.threads - of each engine
 * @param options.roofline - what the machine can do, for the layers
 * @param options.stage - told which engine is at work, so that somebody can name it if the process dies
 */
export async function measureNet(net, engines, { seconds, threads, roofline, stage = () => {} }) {
  const entries = [];
  for (const engine of engines) {
    const entry = await open(net, engine, stage);
    entries.push(entry);
    // Before the next one is opened, so that what is hot is compiled under the switches of its own.
    if (entry.session) await warmUp(entry, stage);
  }
  net.forget();
  compareAnswers(entries);
  await stage('rounds');
  const running = entries.filter(({ session }) => session);
  const pauseMs = threads > 1 ? PAUSE_MS : 0;
  const roundMs = running.reduce((sum, { warmMs }) => sum + warmMs + pauseMs, 0);
  if (running.length > 0) await timeRounds(running, roundsFor(roundMs, seconds, net.maxRounds), pauseMs);
  await stage('layers');
  const mine = entries[0];
  const layers = mine.session ? await layersOf(net, mine.session, roofline) : undefined;
  for (const { session } of running) await session.dispose();
  return { net: net.name, batch: net.batch, input: net.inputShape, ...layers, engines: entries.map(reported) };
}

async function open(net, engine, stage) {
  const { name, version } = engine;
  if (engine.reason) return { name, version, reason: engine.reason };
  await stage(name);
  const start = performance.now();
  try {
    const session = await engine.load(net);
    const { variant, threads } = session;
    return { name, version, variant, threads, session, loadMs: performance.now() - start };
  } catch (error) {
    return { name, version, reason: messageOf(error) };
  }
}

/** Runs an engine a few times; one that fails is out, with its reason. */
async function warmUp(entry, stage) {
  await stage(entry.name);
  try {
    const begin = performance.now();
    for (let i = 0; i < WARM_UPS || performance.now() - begin < WARM_MS; i += 1) {
      const start = performance.now();
      entry.answer = await entry.session.run();
      entry.warmMs = Math.min(entry.warmMs ?? Infinity, performance.now() - start);
    }
    entry.answer = entry.session.read(entry.answer).map((data) => Float32Array.from(data));
  } catch (error) {
    drop(entry, messageOf(error));
  }
}

/** Against the first engine, which is ours. */
function compareAnswers(entries) {
  const [{ answer: reference }] = entries;
  for (const entry of entries.slice(1)) {
    if (!reference || !entry.answer) continue;
    const all = entry.answer.map((data, i) => relativeDifference(reference[i], data));
    entry.difference = all.reduce((worst, one) => (one <= worst ? worst : one), 0);
    if (!(entry.difference <= TOLERANCE)) drop(entry, `its answer differs by ${entry.difference.toExponential(1)} of the largest value`);
  }
}

function drop(entry, reason) {
  entry.session?.dispose();
  Object.assign(entry, { session: undefined, reason });
}

/** One run of each engine a round; another one begins every time. */
async function timeRounds(entries, rounds, pauseMs) {
  for (const entry of entries) entry.samples = [];
  for (let round = 0; round < rounds; round += 1) {
    for (let i = 0; i < entries.length; i += 1) {
      const { session, samples } = entries[(round + i) % entries.length];
      if (pauseMs > 0) await new Promise((resume) => setTimeout(resume, pauseMs));
      const start = performance.now();
      const result = session.run();
      if (result instanceof Promise) await result;
      samples.push(performance.now() - start);
    }
  }
}

function reported({ name, version, variant, threads, reason, loadMs, difference, samples }) {
  return { name, version, variant, threads, reason, loadMs, difference, times: samples && statistics(samples) };
}

const messageOf = (error) => String(error?.message ?? error).replace(/\s+/g, ' ').slice(0, 300);
