import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { example } from '../lib/mount.mjs';
import { createProject, run, Skip } from '../lib/project.mjs';

export const title = 'The steps of the Dockerfile, its command as another user, its health check';

const ASSETS = new URL('../../../examples/assets/', import.meta.url);

/** The instructions, by a parser of another's, which has nothing to find fault with. */
async function instructionsOf(context) {
  const folder = await createProject(context, { packages: ['dockerfile-ast@0.7', 'dockerfile-utils@0.16'] });
  const load = createRequire(join(folder, 'package.json'));
  const text = example('Dockerfile');
  const faults = load('dockerfile-utils').validate(text).map(({ message }) => message);
  if (faults.length > 0) throw new Error(`the Dockerfile: ${faults.join('; ')}`);
  return load('dockerfile-ast').DockerfileParser.parse(text).getInstructions().map((instruction) => ({ keyword: instruction.getKeyword(), words: instruction.getArgumentsContent() ?? '' }));
}

/** The folder from which an image is built: packages with their lock, and models. */
async function contextOf(context) {
  const { tarball } = context;
  const folder = await createProject(context);
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error', '--ignore-scripts', '--package-lock-only', tarball, 'sharp'], { cwd: folder, timeout: 240_000 });
  mkdirSync(join(folder, 'models/squeezenet1_1/1'), { recursive: true });
  copyFileSync(new URL('squeezenet1_1.safetensors', ASSETS), join(folder, 'models/squeezenet1_1/1/model.safetensors'));
  return folder;
}

/** Does what COPY and RUN say. @returns the folder that is /app in the image, readable to all and written by root alone */
async function build(context, from, instructions) {
  const app = mkdtempSync(join(context.folder, 'image-'));
  for (const { keyword, words } of instructions) {
    if (keyword === 'COPY') {
      const names = words.split(' ');
      const to = names.pop();
      for (const name of names) cpSync(join(from, name), join(app, names.length > 1 ? name : to === './' ? name : to), { recursive: true });
    }
    // The cache of this machine stays.
    if (keyword === 'RUN') await run('sh', ['-ec', words.replace(/ && npm cache clean --force$/, '')], { cwd: app, timeout: 240_000 });
  }
  for (const folder of [context.folder, app]) chmodSync(folder, 0o755);
  return app;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return String(port);
}

/** Starts a command as the image has it: of a user who may write nothing, in an environment without a place to write. */
function start(words, port, [uid, gid], app) {
  const [, ...args] = JSON.parse(words).map((word) => word.replace('8080', port));
  const env = { NODE_ENV: 'production', PATH: '/nonexistent', HOME: '/nonexistent', TMPDIR: '/nonexistent' };
  const child = spawn(process.execPath, args, { cwd: app, uid, gid, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (printed += data));
  return { child, exited: once(child, 'exit'), printed: () => printed };
}

async function expectCode(process, code, what) {
  const [got] = await process.exited;
  if (got !== code) throw new Error(`${what}: code ${got}\n${process.printed()}`);
}

export async function check(context) {
  if (process.getuid() !== 0) throw new Skip('only root starts a program as another user');
  const instructions = await instructionsOf(context);
  const said = (keyword) => instructions.findLast((instruction) => instruction.keyword === keyword)?.words ?? '';
  const user = said('USER').split(':').map(Number);
  if (user.length !== 2 || user.some((id) => !(id > 0))) throw new Error(`USER is ${said('USER')}`);
  const app = await build(context, await contextOf(context), instructions);
  const port = await freePort();
  const health = () => start(said('HEALTHCHECK').replace(/^.*?CMD /, ''), port, user, app);
  await expectCode(health(), 1, 'the health of what does not run');
  const service = start(said('CMD'), port, user, app);
  try {
    for (let i = 0; i < 600 && !service.printed().includes('listening on') && service.child.exitCode === null; i += 1) await wait(100);
    const status = readFileSync(`/proc/${service.child.pid}/status`, 'utf8');
    if (!new RegExp(`^Uid:\\s+${user[0]}\\s`, 'm').test(status)) throw new Error(`it does not run as ${user[0]}: ${service.printed()}`);
    await expectCode(health(), 0, `the health of what runs: ${service.printed()}`);
    const response = await fetch(`http://127.0.0.1:${port}/classify?topK=1`, { method: 'POST', body: readFileSync(new URL('photos/dog.jpg', ASSETS)) });
    const { top } = await response.json();
    if (!/^dogsled/.test(top?.[0]?.label)) throw new Error(`a photo: ${response.status}\n${service.printed()}`);
    service.child.kill('SIGTERM');
    await expectCode(service, 0, 'the end');
  } finally {
    service.child.kill('SIGKILL');
  }
  return `user ${user.join(':')}, healthy, a photo, SIGTERM`;
}
