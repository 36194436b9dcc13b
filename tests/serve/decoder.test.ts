/** Photos where the package that decodes them is not installed, and how warm it is where it is. */
import { readFileSync, rmSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import type { LogLine } from '../../ts/serve/watch/log.js';
import { refusalOf } from '../../ts/serve/refusal.js';
import { mismatch } from '../../ts/base/wrong.js';
import { ImageError } from '../../ts/base/errors.js';
import { photoPath } from '../image/expected.js';
import { loneCli } from '../support/lone-cli.js';
import { startCliAt } from '../support/run-cli.js';
import { post, serving, squeezenet } from './support.js';

const { path, folder } = loneCli();
afterAll(() => rmSync(folder, { recursive: true }));

/** A BMP of 2 x 2 grey pixels. */
function bmp(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(54 + 16).fill(128, 54);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  for (const [at, value] of [[2, 70], [10, 54], [14, 40], [18, 2], [22, 2], [34, 16]] as const) view.setUint32(at, value, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  return bytes;
}

it('a service without a decoder says so when it starts, and 501 to a photo that needs one', async () => {
  const { child, ended } = startCliAt(path, 'serve', 'squeezenet1_1', '--port', '0', '--size', '1');
  try {
    const lines: LogLine[] = [];
    await new Promise<void>((resolve, reject) => {
      let text = '';
      child.once('close', () => reject(new Error(`it ended: ${text}`)));
      child.stdout?.on('data', (data: Buffer) => {
        text += data.toString();
        lines.splice(0, Infinity, ...text.split('\n').slice(0, -1).map((line) => JSON.parse(line) as LogLine));
        if (/listening/.test(text) && text.endsWith('\n')) resolve();
      });
    });
    expect(lines[0]).toMatchObject({ level: 'warn', message: expect.stringMatching(/model squeezenet1_1 takes photos.*npm install sharp/) as unknown });
    const url = /http:\S+/.exec(lines[1]?.message ?? '')?.[0] ?? '';
    const refused = await fetch(`${url}/classify`, { method: 'POST', body: readFileSync(photoPath('dog.jpg')) });
    const { error } = (await refused.json()) as { error: string };
    expect([refused.status, error]).toEqual([501, expect.stringMatching(/a photo as BMP.*which this service lacks; send a BMP/)]);
    expect(error).not.toMatch(/npm|sharp/);
    expect((await fetch(`${url}/classify`, { method: 'POST', body: bmp() })).status).toBe(200);
    expect((await fetch(`${url}/classify`, { method: 'POST', body: 'words' })).status).toBe(400);
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
});

it('a photo that is broken stays the fault of its client', () => {
  expect(refusalOf(mismatch('image', 'an image', 'words', { as: ImageError })).status).toBe(400);
});

it('the decoder is warm before the first photo: its decoding takes no longer than some later one', async () => {
  const lines: LogLine[] = [];
  const service = await serving({ models: [{ name: 'net', model: squeezenet }], size: 1, log: (line) => lines.push(line) });
  const dog = readFileSync(photoPath('dog.jpg'));
  for (let i = 0; i < 12; i++) expect((await post(service, '/classify', dog)).status).toBe(200);
  const [first = NaN, ...later] = lines.map(({ decode }) => decode ?? NaN);
  // A cold decoder is loaded first, which takes ten times as long as this photo.
  expect(first).toBeLessThan(5 * Math.max(...later));
});
