/**
 * Triton's own client for Python, unchanged, against the service. RECEPTIVE_TRITON_PYTHON names a Python that has `tritonclient[http]`;
 * otherwise one is made under .cache, which needs a python3 with venv and a package index.
 */
import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { listen, serving, SUMS } from './support.js';

const FOLDER = fileURLToPath(new URL('../../.cache/triton', import.meta.url));
const SCRIPT = fileURLToPath(new URL('triton_client.py', import.meta.url));

const works = (python: string): boolean => spawnSync(python, ['-c', 'import tritonclient.http']).status === 0;

/** A Python with the client, or why there is none. */
function pythonWithClient(): { readonly python?: string; readonly missing?: string } {
  const given = process.env['RECEPTIVE_TRITON_PYTHON'];
  if (given !== undefined) return works(given) ? { python: given } : { missing: `${given} has no tritonclient[http]` };
  const python = `${FOLDER}/bin/python`;
  if (works(python)) return { python };
  for (const [command, args] of [['python3', ['-m', 'venv', FOLDER]], [python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'tritonclient[http]==2.73.0']]] as const) {
    const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 120_000 });
    if (status !== 0) return { missing: `${command} ${args.join(' ')}: ${error?.message ?? stderr.trim().split('\n').at(-1) ?? 'failed'}` };
  }
  return works(python) ? { python } : { missing: 'tritonclient[http] was installed, and is not found' };
}

const ends: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(ends.map((end) => end())));

it('is answered as it wants', async ({ skip }) => {
  const { python, missing } = pythonWithClient();
  skip(python === undefined, missing);
  const service = await serving({ models: [{ name: 'sums', model: SUMS }], size: 1, control: true });
  const listening = await listen(service, { port: 0 });
  ends.push(() => listening.close({ grace: 0 }));
  const { stdout } = await promisify(execFile)(python ?? '', [SCRIPT, listening.url.replace('http://', '')], { timeout: 120_000 });
  const { answers, ...said } = JSON.parse(stdout) as { answers: unknown[] } & Record<string, unknown>;
  const sum = [[0.5, 1.5, 2.5], [3.5, 4.5, 5.5]];
  const negative = sum.map((row) => row.map((value) => -value));
  expect(answers).toEqual(new Array(12).fill(['an id', '1', sum, negative]));
  const ports = (names: readonly string[], shape: readonly number[]): unknown => names.map((name) => ({ name, datatype: 'FP32', shape }));
  expect(said).toMatchObject({
    live: true, ready: true, model_ready: true, no_model_ready: false, default: sum, later: sum, unloaded: false, loaded: true,
    server: { name: 'receptive' }, model: { name: 'sums', versions: ['1'], inputs: ports(['a', 'b'], [-1, 3]), outputs: ports(['sum', 'negative'], [-1]) },
    config: { name: 'sums', max_batch_size: 0 }, index: [{ name: 'sums', version: '1', state: 'READY' }],
    no_model: ['404', expect.stringMatching(/sums/)], wrong_input: ['400', expect.stringMatching(/a, b/)], stats: 0,
  });
});
