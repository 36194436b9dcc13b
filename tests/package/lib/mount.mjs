/** What a service answers that is mounted in a server of another's, started by a file of examples/service. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { load, tensor } from 'receptive';

const EXAMPLES = new URL('../../../examples/service/', import.meta.url);
const ASSETS = new URL('../../../examples/assets/', import.meta.url);
const PHOTO = readFileSync(new URL('photos/dog.jpg', ASSETS));
const MOUNT = '/models';
const PATIENCE = 60_000;

export const example = (name) => readFileSync(new URL(name, EXAMPLES), 'utf8');

/** All of the folder, as a project has it. */
export const mountFiles = () => Object.fromEntries(readdirSync(EXAMPLES).filter((name) => name.endsWith('.mjs')).map((name) => [name, example(name)]));

function expectThat(holds, what, got) {
  if (!holds) throw new Error(`${what}: got ${JSON.stringify(got)?.slice(0, 300)}`);
}

async function until(holds, what) {
  for (const end = performance.now() + PATIENCE; performance.now() < end; await wait(20)) if (await holds()) return;
  throw new Error(`${what}: not within a minute`);
}

/** Starts a server; it prints its address, and is given its end by `end`. */
export async function startMount(command, args, { cwd, env } = {}) {
  const child = spawn(command, args, { cwd, env: { ...process.env, PORT: '0', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (printed += data));
  const exited = once(child, 'exit');
  const address = () => /http:\/\/(?:127\.0\.0\.1|localhost):\d+/.exec(printed)?.[0];
  try {
    await until(() => address() ?? child.exitCode !== null, 'an address');
    expectThat(address(), 'a server that starts', printed);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return { url: address() + MOUNT, child, exited, printed: () => printed };
}

const post = (url, body, init = {}) => fetch(url, { method: 'POST', body, ...init });
const classify = (url, init) => post(`${url}/classify?model=squeezenet1_1&topK=1`, PHOTO, init);

async function checkPhoto(url) {
  const response = await classify(url);
  const { top } = await response.json();
  expectThat(response.status === 200 && /^dogsled/.test(top?.[0]?.label), 'the label of a photo', [response.status, top]);
}

/** An answer of the protocol, against that of the library in this process. */
async function checkInfer(url) {
  const values = Float32Array.from({ length: 28 * 28 }, (_, i) => ((i * 7) % 32) / 32);
  const model = await load(new URL('lenet5.safetensors', ASSETS));
  const wanted = Object.values(await model.run(tensor(values, [1, 1, 28, 28])))[0].data;
  const [{ name }] = (await (await fetch(`${url}/v2/models/lenet5`)).json()).inputs;
  await model.dispose();
  const body = JSON.stringify({ id: 'seven', inputs: [{ name, shape: [1, 1, 28, 28], datatype: 'FP32', data: [...values] }] });
  const response = await post(`${url}/v2/models/lenet5/infer`, body, { headers: { 'content-type': 'application/json' } });
  const answer = await response.json();
  const data = answer.outputs?.[0]?.data ?? [];
  expectThat(response.status === 200 && answer.id === 'seven' && data.length === 10 && data.every((value, i) => Math.abs(value - wanted[i]) < 1e-5), 'the answer of infer', [response.status, answer]);
}

const metrics = async (url) => (await fetch(`${url}/metrics`)).text();
const pending = async (url) => Number(/^receptive_pending\{model="squeezenet1_1",version="1"\} (\d+)$/m.exec(await metrics(url))?.[1] ?? NaN);

/** Clients that hang up: what waits for them is dropped where the server notices it, and others are answered. */
async function checkHangUp(url, noticed) {
  const gone = new AbortController();
  const asked = Array.from({ length: 12 }, () => classify(url, { signal: gone.signal }).then(({ status }) => status, ({ name }) => name));
  await until(async () => (await pending(url)) > 0, 'requests that wait');
  gone.abort();
  expectThat((await Promise.all(asked)).includes('AbortError'), 'a client that hangs up', await Promise.all(asked));
  if (noticed) await until(async () => /^receptive_requests_total\{.*route="POST \/classify",code="499"\} [1-9]/m.test(await metrics(url)), 'a request without a client, counted as 499');
  await until(async () => (await pending(url)) === 0, 'nothing that waits');
  await checkPhoto(url);
}

/** SIGTERM while photos are classified: they are answered, and the process ends. */
async function checkEnd({ url, child, exited, printed }, code) {
  const asked = Array.from({ length: 4 }, () => classify(url, { headers: { connection: 'close' } }).then(({ status }) => status));
  await until(async () => (await pending(url)) >= asked.length, 'photos that are classified');
  child.kill('SIGTERM');
  const statuses = await Promise.all(asked);
  expectThat(statuses.every((status) => status === 200), 'photos that were there before the signal', statuses);
  const ended = await Promise.race([exited, wait(PATIENCE, 'never', { ref: false })]);
  expectThat(ended[0] === code, 'an orderly end', [ended, printed()]);
}

/**
 * @param code - with which the server ends
 * @param noticesHangUp - whether the server tells the service of a client that is gone while it waits
 * @throws unless all of it holds; the server has ended then
 */
export async function checkMount(mount, { code = 0, noticesHangUp = true } = {}) {
  try {
    await checkPhoto(mount.url);
    await checkInfer(mount.url);
    await checkHangUp(mount.url, noticesHangUp);
    await checkEnd(mount, code);
  } finally {
    mount.child.kill('SIGKILL');
  }
}
