/** Commands behind npx or `npm run`, which pass SIGTERM on to their shell alone. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { CLI } from '../support/run-cli.js';

/** A service behind a shell that has died. */
interface Orphan {
  readonly pid: number;
  /** Resolves when the service has ended: it holds the pipe as long. */
  readonly ended: Promise<unknown>;
}

async function orphan(env: Readonly<Record<string, string>>): Promise<Orphan> {
  const line = `"${process.execPath}" "${CLI}" serve lenet5 --port 0 --size 1 & echo "pid $!"; wait`;
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('npm_'));
  const shell = spawn('sh', ['-c', line], { env: { ...Object.fromEntries(others), ...env }, stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(shell, 'close');
  let text = '';
  await new Promise<void>((resolve) => shell.stdout.on('data', (data: Buffer) => {
    text += data.toString();
    if (/listening/.test(text)) resolve();
  }));
  shell.kill('SIGTERM');
  return { pid: Number(/^pid (\d+)$/m.exec(text)?.[1]), ended };
}

it.runIf(process.platform !== 'win32')('end with the shell of the runner', async () => {
  const { ended } = await orphan({ npm_lifecycle_event: 'npx' });
  await ended;
});

it.runIf(process.platform !== 'win32')('go on without a runner', async () => {
  const { pid, ended } = await orphan({});
  const left = await Promise.race([ended.then(() => false), new Promise<boolean>((resolve) => setTimeout(resolve, 3000, true))]);
  expect(left).toBe(true);
  process.kill(pid, 'SIGKILL');
  await ended;
});
