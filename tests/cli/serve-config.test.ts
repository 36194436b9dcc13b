/** The file of options of `receptive serve`: that of the guide, and what is wrong with others, by the name of the key. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { blockUnder } from '../guides/blocks.mjs';
import { SUMS } from '../serve/support.js';
import { cli, startCli } from '../support/run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'receptive-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'serve.json');

it('that of the guide serves what it names: a net that ships, a file beside it, the newest of a repository', async () => {
  copyFileSync('examples/assets/lenet5.safetensors', join(folder, 'digits.safetensors'));
  for (const place of ['models/sums/1', 'models/sums/2', 'models/sums/3', 'models/odd/v1', 'models/alone']) mkdirSync(join(folder, place), { recursive: true });
  for (const place of ['sums/1/model.onnx', 'sums/2/model.onnx', 'sums/3/model.onnx', 'odd/v1/model.onnx', 'alone/model.onnx', 'top.onnx']) writeFileSync(join(folder, 'models', place), SUMS);
  writeFileSync(file, blockUnder('examples/guides/service.md', 'Over HTTP', 'json'));
  const { child, firstLine, ended } = startCli('serve', '--config', file, '--port', '0', '--size', '1');
  try {
    await firstLine;
    const lines = await new Promise<readonly string[]>((resolve) => {
      let text = '';
      child.stdout?.on('data', (data: Buffer) => void (text += data.toString()));
      const timer = setInterval(() => {
        if (!/listening/.test(text)) return;
        clearInterval(timer);
        resolve(text.split('\n'));
      }, 20);
    });
    const url = /http:[^"]+/.exec(lines.find((line) => line.includes('listening')) ?? '')?.[0] ?? '';
    const index = (await (await fetch(`${url}/v2/repository/index`, { method: 'POST' })).json()) as readonly { name: string; version: string }[];
    expect(index.map(({ name, version }) => `${name} ${version}`)).toEqual(['photos 1', 'digits 2', 'sums 3', 'sums 2']);
  } finally {
    child.kill('SIGTERM');
    const { out } = await ended;
    for (const passed of [/passed over alone\/model\.onnx: a model lies in the folder of its version/, /passed over odd\/v1: a version is a whole number/, /passed over top\.onnx: a model lies in NAME\/VERSION/]) expect(out).toMatch(passed);
  }
});

const model = { name: 'sums', model: 'digits.safetensors' };

it.each([
  [[], /: expected an object: .*got a list/],
  [5, /: expected an object/],
  [{ models: { sums: 'sums.onnx' } }, /: models: expected a list of models, \[\{"name".*got an object/],
  [{ models: 'sums.onnx' }, /: models: expected a list of models/],
  [{ models: ['sums.onnx'] }, /: models\[0\]: expected an object/],
  [{ models: [model, { ...model, name: 5 }] }, /: models\[1\]\.name: expected a name of up to 128 letters.*got 5/],
  [{ models: [{ ...model, version: 2 }] }, /: models\[0\]\.version: expected a whole number from 1 on, as text: "2", got 2/],
  [{ models: [{ ...model, model: ['a'] }] }, /: models\[0\]\.model: expected the path of a file/],
  [{ models: [{ ...model, model: 'none.onnx' }] }, /: models\[0\]\.model: expected a file that is there, or a net with weights: lenet5.*got "none\.onnx"/],
  [{ models: [{ ...model, model: 'resnet18' }] }, /: models\[0\]\.model: .*got "resnet18"/],
  [{ models: [{ ...model, size: 0 }] }, /: models\[0\]\.size: expected a whole number from 1 on, got 0/],
  [{ models: [{ ...model, options: [] }] }, /: models\[0\]\.options: expected an object/],
  [{ models: [{ ...model, option: {} }] }, /: models\[0\]: .*did you mean options/],
  [{ models: [model], timeout: '5 s' }, /: timeout: expected a whole number from 1 on, got "5 s"/],
  [{ models: [model], port: 80_000 }, /: port: expected a whole number from 0 to 65535, got 80000/],
  [{ models: [model], newest: 0 }, /: newest: expected a whole number from 1 on/],
  [{ models: [model], control: 'yes' }, /: control: expected true or false/],
  [{ models: [model], host: 5 }, /: host: expected an address, got 5/],
  [{ models: [model], repository: 7 }, /: repository: expected the path of a folder, got 7/],
  [{ models: [model], maxbody: 7 }, /did you mean maxBody/],
  [{ models: [model], tokens: ['a secret of mine'] }, /: tokens: expected nothing that is secret.*--token-env/],
])('%j says what is wrong with which key', async (config, said) => {
  writeFileSync(file, JSON.stringify(config));
  const { code, err } = await cli('serve', '--config', file, '--port', '0');
  expect([code, err]).toEqual([1, expect.stringMatching(said)]);
  expect(err).toContain(`--config: ${file}`);
  expect(err).not.toMatch(/TypeError|a secret of mine/);
});

it.each([
  ['short,long-enough-token', /--token-env: RECEPTIVE_TEST_TOKENS: expected tokens of at least 8 characters, commas between, got one of 5/],
  [' , ', /--token-env: expected an environment variable with a token/],
])('tokens that are too short are refused, by the name of their variable: %j', async (tokens, said) => {
  process.env['RECEPTIVE_TEST_TOKENS'] = tokens;
  const { code, err } = await cli('serve', 'lenet5', '--token-env', 'RECEPTIVE_TEST_TOKENS', '--port', '0');
  delete process.env['RECEPTIVE_TEST_TOKENS'];
  expect([code, err]).toEqual([1, expect.stringMatching(said)]);
  expect(err).not.toContain('short');
});
