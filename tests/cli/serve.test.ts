/** The command that serves models: started as a user would, asked over HTTP, ended by a signal. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { photoPath } from '../image/expected.js';
import { SUMS, SUMS_BODY } from '../serve/support.js';
import { cli, startCli } from '../support/run-cli.js';
import type { Running } from '../support/run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'receptive-serve-'));
writeFileSync(join(folder, 'sums.onnx'), SUMS);
const running: Running[] = [];
afterAll(async () => {
  for (const { child } of running) child.kill('SIGKILL');
  await Promise.all(running.map(({ ended }) => ended));
  rmSync(folder, { recursive: true, force: true });
});

async function started(...args: string[]): Promise<{ readonly url: string; readonly run: Running }> {
  const run = startCli('serve', '--port', '0', '--size', '1', ...args);
  running.push(run);
  const { message } = JSON.parse(await run.firstLine) as { message: string };
  return { url: /^listening on (http:\/\/127\.0\.0\.1:\d+)$/.exec(message)?.[1] ?? message, run };
}

/** What a server says to bytes, until it closes the connection. */
function told(url: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => void socket.write(bytes));
    socket.on('data', (data) => void (said += data.toString())).on('close', () => resolve(said)).on('error', reject);
  });
}

describe('serve', () => {
  it('answers for a net that ships and for a file, writes a line for each request, and ends in order', async () => {
    const { url, run } = await started('squeezenet1_1', `adder=${join(folder, 'sums.onnx')}`);
    const photo = readFileSync(photoPath('dog.jpg'));
    const answer = (await (await fetch(`${url}/classify?topK=1`, { method: 'POST', body: photo })).json()) as { top: readonly { label: string }[] };
    expect(answer.top[0]?.label).toMatch(/^dogsled/);
    const sums = (await (await fetch(`${url}/v2/models/adder/infer`, { method: 'POST', body: SUMS_BODY })).json()) as { outputs: readonly { data: readonly number[] }[] };
    expect(sums.outputs[0]?.data).toEqual([2, 3, 4]);
    const last = fetch(`${url}/classify`, { method: 'POST', body: photo });
    await new Promise((resolve) => setTimeout(resolve, 30));
    run.child.kill('SIGTERM');
    expect([(await last).status, (await run.ended).code]).toEqual([200, 0]);
    const lines = (await run.ended).out.trim().split('\n').map((line) => JSON.parse(line) as { message: string; path?: string; status?: number });
    expect(lines.map(({ message, path, status }) => [message, path, status])).toEqual([
      [expect.stringMatching(/^listening/), undefined, undefined], ['request', '/classify', 200], ['request', '/v2/models/adder/infer', 200], ['request', '/classify', 200],
    ]);
  });

  it('reads a file of options; a client that is slow or whose headers are huge is sent away', async () => {
    const config = join(folder, 'serve.json');
    writeFileSync(config, JSON.stringify({ models: [{ name: 'adder', version: '2', model: 'sums.onnx' }], headersTimeout: 500, requestTimeout: 1000, maxBody: 1000 }));
    const { url } = await started('--config', config, '--quiet');
    expect(await (await fetch(`${url}/v2/models/adder`)).json()).toMatchObject({ versions: ['2'] });
    expect(await told(url, 'POST /classify HTTP/1.1\r\nHost: x\r\n')).toMatch(/^HTTP\/1\.1 408 /);
    expect(await told(url, 'POST /v2/models/adder/infer HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{')).toMatch(/^(HTTP\/1\.1 408 |$)/);
    expect(await told(url, `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
    expect((await fetch(`${url}/v2/models/adder/infer`, { method: 'POST', body: 'x'.repeat(1001) })).status).toBe(413);
    expect((await fetch(`${url}/v2/models/adder/infer`, { method: 'POST', body: SUMS_BODY })).status).toBe(200);
  });

  it.each([
    [['none.onnx'], /a file that is there/],
    [[join(folder, 'sums.onnx'), '--token-env', 'RECEPTIVE_NO_SUCH_VARIABLE'], /RECEPTIVE_NO_SUCH_VARIABLE, which is empty/],
    [['--config', join(folder, 'sums.onnx')], /JSON/],
    [[], /^error: receptive serve: expected models, or --repository, got neither; receptive serve squeezenet1_1, for one\n$/],
    [[join(folder, 'sums.onnx'), '--host', '192.0.2.1'], /cannot listen there/],
  ])('says what is wrong: %j', async (args, said) => {
    const { code, err } = await cli('serve', '--size', '1', ...args);
    expect([code, err]).toEqual([1, expect.stringMatching(said)]);
  });
});
