/** The two commands of the guide, from nothing to an answer. */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { blockUnder } from '../guides/blocks.mjs';
import { photoPath } from '../image/expected.js';
import { startCli } from '../support/run-cli.js';

it('they answer', async ({ skip }) => {
  skip(spawnSync('curl', ['--version']).status !== 0, 'there is no curl');
  const [serve = '', curl = '', ...rest] = blockUnder('examples/guides/service.md', 'Over HTTP', 'sh').trim().split('\n');
  expect([serve, rest]).toEqual([expect.stringMatching(/^npx receptive serve /), []]);
  const { child, firstLine, ended } = startCli(...serve.split(' ').slice(2), '--port', '0');
  try {
    const url = /http:\/\/[\d.:]+/.exec(await firstLine)?.[0] ?? '';
    const asked = curl.replace('http://127.0.0.1:8080', url).replace('photo.jpg', photoPath('dog.jpg'));
    expect(asked).toContain(url);
    const { stdout } = await promisify(execFile)('sh', ['-c', asked]);
    expect(JSON.parse(stdout)).toMatchObject({ model: 'squeezenet1_1', top: expect.arrayContaining([expect.objectContaining({ index: 537 })]) as unknown });
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
});
