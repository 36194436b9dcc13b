/** Runs a job in a process of its own. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const CHILD = fileURLToPath(new URL('child.mjs', import.meta.url));
/** Node ends with this when nothing is left to do and a promise never settled. */
const UNSETTLED = 13;

/** Gives the result, or the stage that the process was at and how it ended. */
export function runInChild(job) {
  return new Promise((resolve) => {
    const child = fork(CHILD, { serialization: 'advanced' });
    const state = { stage: 'start' };
    child.on('message', (message) => Object.assign(state, message));
    child.on('exit', (code, signal) => resolve({ ...state, ended: endOf(code, signal) }));
    child.send(job);
  });
}

function endOf(code, signal) {
  if (signal) return `the process was ended by ${signal}, as when memory runs out`;
  return code === UNSETTLED ? 'a promise never settled' : `the process ended with code ${code}`;
}
