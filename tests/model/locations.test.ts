/** What is classified may come from strangers: no string of theirs is followed, in the built package. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createPool, load } from 'receptive';
import type { ImageInput } from 'receptive';
import * as inline from 'receptive/inline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { photoPath } from '../image/expected.js';

const MODEL = fileURLToPath(new URL('../../examples/assets/squeezenet1_1.safetensors', import.meta.url));
const PATH = photoPath('coffee.png');
const BYTES = readFileSync(PATH);
const COFFEE = 967;

let asked = 0;
const server = createServer((_, response) => {
  asked += 1;
  response.end(BYTES);
});
const addresses: [string, string | URL][] = [];

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const url = `http://localhost:${(server.address() as AddressInfo).port}/coffee.png`;
  const data = `data:image/png;base64,${BYTES.toString('base64')}`;
  addresses.push(['path', PATH], ['file URL', pathToFileURL(PATH)], ['file URL as text', pathToFileURL(PATH).href]);
  addresses.push(['URL', new URL(url)], ['URL as text', url], ['data URL', data], ['String object', new String(PATH) as string]);
});
afterAll(() => void server.close());

const caught = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => undefined, (error: unknown) => error);

interface Classifies {
  classify(image: ImageInput): Promise<{ top: readonly { index: number }[] }>;
  classifyBytes(image: never): Promise<{ top: readonly { index: number }[] }>;
}

async function expectRefused(call: (image: never) => Promise<unknown>, hint: RegExp): Promise<void> {
  asked = 0;
  for (const [kind, address] of addresses) {
    const error = (await caught(call(address as never))) as Error;
    expect(error, kind).toMatchObject({ code: 'argument', got: 'a path or URL, which is not followed here', hint: expect.stringMatching(hint) });
    expect(error.message).not.toContain(String(address));
  }
  expect(asked).toBe(0);
}

async function expectBytesRead(model: Classifies): Promise<void> {
  const inputs = [BYTES, new Uint8Array(BYTES), new Uint8Array(BYTES).buffer, new Blob([BYTES]), new File([BYTES], 'coffee.png')];
  for (const bytes of inputs) {
    expect((await model.classifyBytes(bytes as never)).top[0]?.index).toBe(COFFEE);
    expect((await model.classify(bytes)).top[0]?.index).toBe(COFFEE);
  }
}

describe('a pool', () => {
  it('follows no string or URL unless told to, and takes bytes', async () => {
    await using pool = await createPool({ model: MODEL, size: 1 });
    await expectRefused((image) => pool.classify(image), /createPool\(\{ locations: true \}\)/);
    await expectRefused((image) => pool.classifyBytes(image), /give bytes/);
    await expectBytesRead(pool);
  });

  it('follows them with locations: true, but never by classifyBytes', async () => {
    await using pool = await createPool({ model: MODEL, size: 1, locations: true });
    for (const [kind, address] of addresses.slice(0, -1)) expect((await pool.classify(address)).top[0]?.index, kind).toBe(COFFEE);
    await expectRefused((image) => pool.classifyBytes(image), /give bytes/);
  });

  it('refuses an option locations that is no boolean', async () => {
    const locations = 'false' as unknown as boolean;
    expect(await caught(createPool({ model: MODEL, size: 1, locations }))).toMatchObject({ code: 'argument', place: 'createPool: locations' });
  });
});

describe('a model', () => {
  it('follows strings and URLs, but not by classifyBytes', async () => {
    await using model = await load(MODEL, { threads: 1 });
    for (const [kind, address] of addresses.slice(0, -1)) expect((await model.classify(address)).top[0]?.index, kind).toBe(COFFEE);
    await expectRefused((image) => model.classifyBytes(image), /give bytes/);
    await expectBytesRead(model);
  });

  it('follows none with locations: false, nor does its worker, whatever it is asked', async () => {
    for (const idleTimeout of [undefined, 60_000]) {
      await using model = await load(MODEL, { threads: 1, locations: false, idleTimeout });
      await expectRefused((image) => model.classify(image), /locations: false/);
      const { calls } = model as unknown as { calls: { call(make: () => (api: WorkerCalls) => Promise<unknown>): Promise<unknown> } };
      await expectRefused((image) => calls.call(() => (api) => api.photo('classify', String(image), {}, 0, true)), /give bytes/);
    }
    await using model = await load(MODEL, { threads: 1 });
    const { calls } = model as unknown as { calls: { call(make: () => (api: WorkerCalls) => Promise<unknown>): Promise<unknown> } };
    await expectRefused((image) => calls.call(() => (api) => api.photo('classify', String(image), {}, 0, false)), /give bytes/);
  });

  it('on the calling thread does the same', async () => {
    using model = await inline.load(MODEL);
    expect((await model.classify(PATH)).top[0]?.index).toBe(COFFEE);
    await expectRefused((image) => model.classifyBytes(image), /give bytes/);
    await expectBytesRead(model);
    using careful = await inline.load(MODEL, { locations: false });
    await expectRefused((image) => careful.classify(image), /locations: false/);
  });
});

interface WorkerCalls {
  photo(name: 'classify', image: unknown, options: object, call: number, locations: boolean): Promise<unknown>;
}
