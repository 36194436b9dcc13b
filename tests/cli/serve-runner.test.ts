/** A service behind npx or `npm run`, which pass SIGTERM on to their shell alone. */
import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { CLI } from '../support/run-cli.js';

/** A service behind a shell that dies: whether it is still there 3 s later. */
async function outlives(env: Readonly<Record<string, string>>): Promise<boolean> {
  const line = `"${process.execPath}" "${CLI}" serve lenet5 --port 0 --size 1 & echo "pid $!"; wait`;
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('npm_'));
  const shell = spawn('sh', ['-c', line], { env: { ...Object.fromEntries(others), ...env }, stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  const listens = new Promise<void>((resolve) => shell.stdout.on('data', (data: Buffer) => {
    text += data.toString();
    if (/listening/.test(text)) resolve();
  }));
  // The service holds the pipe until it has ended.
  const ended = new Promise<boolean>((resolve) => shell.once('close', () => resolve(false)));
  await listens;
  const pid = Number(/^pid (\d+)$/m.exec(text)?.[1]);
  shell.kill('SIGTERM');
  const left = await Promise.race([ended, new Promise<boolean>((resolve) => setTimeout(resolve, 3000, true))]);
  if (left) process.kill(pid, 'SIGKILL');
  await ended;
  return left;
}

it.runIf(process.platform !== 'win32')('it ends with the shell of the runner, and without a runner goes on', async () => {
  expect([await outlives({ npm_lifecycle_event: 'npx' }), await outlives({})]).toEqual([false, true]);
});
