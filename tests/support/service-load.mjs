/** A service in a process of its own, and clients that ask it about a photo. */
import { spawn } from 'node:child_process';
import { Agent, request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

/** Starts a service, which says where it listens on its standard output. It ends with this process. */
export async function startService(args, env = {}) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } });
  const end = () => child.kill('SIGKILL');
  process.on('exit', end);
  child.once('exit', () => process.off('exit', end));
  const url = await new Promise((resolve, reject) => {
    let said = '';
    child.once('exit', (code) => reject(new Error(`${args.join(' ')}: ended with code ${code}`)));
    child.stdout.on('data', (data) => {
      said += data;
      const found = /listening on (http:\/\/[\w.:]+)/.exec(said)?.[1];
      if (found) resolve(found);
    });
  });
  return { child, url };
}

/** @returns a function that asks once, and tells the status, 0 where there was no answer, and the milliseconds that it took */
export function photoClient(url, photo, agent = new Agent({ keepAlive: true, maxSockets: 1024 })) {
  return () => {
    const began = performance.now();
    return new Promise((resolve) => {
      const done = (status) => resolve({ status, ms: performance.now() - began });
      const asked = request(`${url}/classify`, { method: 'POST', agent, headers: { 'content-type': 'image/jpeg', 'content-length': photo.byteLength } }, (answer) => {
        answer.resume().once('end', () => done(answer.statusCode)).once('error', () => done(0));
      });
      asked.once('error', () => done(0));
      asked.end(photo);
    });
  };
}

/** Clients that ask again as soon as they have an answer. */
export async function askSteadily(ask, clients, seconds) {
  const began = performance.now();
  const answers = [];
  const client = async () => {
    while (performance.now() - began < 1000 * seconds) answers.push(await ask());
  };
  await Promise.all(Array.from({ length: clients }, client));
  return { answers, perSecond: answers.length / ((performance.now() - began) / 1000) };
}

/** Requests that come at a steady rate, whether or not earlier ones were answered. */
export async function askAtRate(ask, rate, seconds) {
  const asked = [];
  const began = performance.now();
  for (let i = 0; i < rate * seconds; i += 1) {
    const late = began + (1000 * i) / rate - performance.now();
    if (late > 0) await wait(late);
    asked.push(ask());
  }
  return Promise.all(asked);
}

/** The value below which a part of them lies; NaN of none. */
export function quantile(numbers, part) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}
