/** Measures each network in a process of its own, and says which engine was at work if that process dies. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const CHILD = fileURLToPath(new URL('child.mjs', import.meta.url));

/**
 * @param options.without - rivals to leave out
 * @returns the result of `measureNet`; an engine that killed the process is excluded and the rest measured again
 */
export async function measureInChild(name, batch, { threads, seconds, variant, without, log }) {
  const exclude = Object.fromEntries(without.map((rival) => [rival, 'left out by --without']));
  for (;;) {
    const job = { name, batch, threads, seconds, variant, exclude };
    const { result, stage, ended } = await attempt(job);
    if (result) return result;
    log(`${name}: the process ended with ${ended} at ${stage}`);
    const again = !exclude[stage] && !['roofline', 'weights', 'rounds', 'layers', 'start'].includes(stage);
    if (!again) return failed(job, `the process ended with ${ended} at ${stage}`);
    exclude[stage] = `the process ended with ${ended}`;
  }
}

function failed({ name, batch }, reason) {
  return { net: name, batch, engines: [{ name: 'receptive', reason }] };
}

function attempt(job) {
  return new Promise((resolve) => {
    const child = fork(CHILD, { serialization: 'advanced' });
    const state = { stage: 'start' };
    child.on('message', (message) => Object.assign(state, message));
    child.on('exit', (code, signal) => {
      // 13: a promise that never settles.
      const ended = signal ? `signal ${signal}, as when memory runs out` : code === 13 ? 'a promise that never settled' : `code ${code}`;
      resolve({ ...state, ended });
    });
    child.send(job);
  });
}
