/** Times requests of several engines, interleaved: one request of each a round, another one begins every time. */
import { roundsFor, statistics } from '../arithmetic.mjs';

const WARM_UPS = 3;
const MOST_ROUNDS = 40;

/**
 * @param engines - `{ name, classify, reason }`; `classify(input)` gives `{ index, probability }`
 * @param options.seconds - time for the rounds
 * @param options.next - makes the input of a request, before its time begins
 * @param options.watch - runs one request and adds what else it measures; the time is `ms`
 * @returns for each engine its answer, and statistics of each measure
 */
export async function timeRequests(engines, { seconds, next, watch = timed }) {
  const entries = engines.map((engine) => ({ ...engine, measures: {} }));
  for (const entry of entries.filter(({ reason }) => reason === undefined)) await warmUp(entry, next, watch);
  const running = entries.filter(({ reason }) => reason === undefined);
  const roundMs = running.reduce((sum, { warmMs }) => sum + warmMs, 0);
  const rounds = running.length > 0 ? roundsFor(roundMs, seconds, MOST_ROUNDS) : 0;
  for (let round = 0; round < rounds; round += 1) {
    for (let i = 0; i < running.length; i += 1) await once(running[(round + i) % running.length], next, watch);
  }
  return entries.map(reported);
}

export async function timed(request) {
  const start = performance.now();
  await request();
  return { ms: performance.now() - start };
}

async function warmUp(entry, next, watch) {
  try {
    for (let i = 0; i < WARM_UPS; i += 1) {
      const input = await next(entry.name);
      const { ms } = await watch(async () => {
        entry.answer = await entry.classify(input);
      });
      entry.warmMs = Math.min(entry.warmMs ?? Infinity, ms);
    }
  } catch (error) {
    entry.reason = reasonOf(error);
  }
}

async function once(entry, next, watch) {
  const input = await next(entry.name);
  const measured = await watch(() => entry.classify(input));
  for (const [measure, value] of Object.entries(measured)) (entry.measures[measure] ??= []).push(value);
}

function reported({ name, version, answer, reason, measures }) {
  const summed = Object.entries(measures).map(([measure, values]) => [measure, statistics(values)]);
  return { name, version, answer, reason, ...Object.fromEntries(summed) };
}

export const reasonOf = (error) => String(error?.message ?? error).replace(/\s+/g, ' ').slice(0, 300);
