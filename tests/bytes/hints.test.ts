/** What errors advise where an address gives no file: in Node, and, with a page's globals, in a browser. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as library from 'receptive';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { WeightsError } from '../../ts/base/errors.js';
import { inspect } from '../../ts/image/header.js';
import { fetchBytes } from '../../ts/image/fetch.js';
import { fetchResponse } from '../../ts/bytes/response.js';
import { nameHint } from '../../ts/model/name-hint.js';
import { openFile } from '../../ts/model/open-file.js';

const READING = { expected: 'a model', Failure: WeightsError };
const server = createServer((request, response) => {
  // A development server answers what it does not have with the page.
  if (request.url?.startsWith('/spa/')) return void response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><html></html>');
  response.writeHead(request.url === '/busy' ? 503 : 404).end();
});
let origin = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());
afterEach(() => void vi.unstubAllGlobals());

const caught = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => undefined, (error: unknown) => error);

describe.each([
  ['a model', (url: string) => fetchResponse(url, READING)],
  ['a photo', fetchBytes],
] as const)('%s', (_, ask) => {
  it('that is not there is named by its address, with where bundlers take it from in a page', async () => {
    const url = `${origin}/photo`;
    expect(await caught(ask(url))).toMatchObject({ place: url, got: expect.stringMatching(/^HTTP 404/), hint: 'check the address', message: expect.stringContaining(url) });
    vi.stubGlobal('location', new URL(origin));
    expect(await caught(ask(url))).toMatchObject({ place: url, hint: expect.stringMatching(/folder public\//) });
    const busy = await caught(ask(`${origin}/busy`));
    expect(busy).toMatchObject({ got: expect.stringMatching(/^HTTP 503/), hint: undefined });
  });

  it('whose request fails: CORS and connect-src for another origin, connect-src for the own', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
    const url = 'https://models.example/net';
    expect(await caught(ask(url))).toMatchObject({ place: url, hint: 'check the address, that its server runs' });
    vi.stubGlobal('location', new URL('https://page.example/'));
    expect(await caught(ask(url))).toMatchObject({ hint: expect.stringMatching(/CORS \(access-control-allow-origin\).*connect-src/) });
    const own = await caught(ask('https://page.example/net'));
    expect(own).toMatchObject({ hint: expect.stringMatching(/connect-src/) });
    expect((own as WeightsError).hint).not.toMatch(/CORS/);
  });
});

describe('a name in place of a path', () => {
  const load = (location: string): Promise<unknown> => caught(openFile({ kind: 'location', location }, {}, {}));

  it.each(['squeezenet1_1', 'lenet5'])('%s: how the model that ships is loaded', async (name) => {
    const hint = expect.stringMatching(new RegExp(`import \\{ ${name} \\} from 'receptive/assets', and load\\(${name}\\)$`)) as string;
    expect(await load(name)).toMatchObject({ code: 'weights', place: name, got: 'no such file', hint });
    expect(await load(`${origin}/${name}`)).toMatchObject({ code: 'weights', got: expect.stringMatching(/^HTTP 404/), hint });
    expect(await load(`${origin}/spa/${name}`)).toMatchObject({ code: 'format', got: expect.stringMatching(/^an HTML page/), hint });
  });

  it('is told by load too, through the worker', async () => {
    expect(await caught(library.load('squeezenet1_1', { threads: 1 }))).toMatchObject({ code: 'weights', message: expect.stringMatching(/squeezenet1_1: expected .*no such file; .*import \{ squeezenet1_1 \}/) });
  });

  it('of another network says that its weights are needed', async () => {
    expect(await load('resnet18')).toMatchObject({ hint: expect.stringMatching(/load\(models\.NAME\(\), \{ weights \}\).*lenet5, squeezenet1_1/) });
  });

  it('is none where a file is named', async () => {
    for (const location of ['net.onnx', 'models/net.safetensors', '', 'https://a.example/', 'https://a.example/x?y']) expect(nameHint(location), location).toBeUndefined();
    expect(await load(`${origin}/net.onnx`)).toMatchObject({ hint: 'check the address' });
    expect(await load(`${origin}/spa/net.onnx`)).toMatchObject({ hint: expect.stringMatching(/the server answered with a page: check the address/) });
  });
});

it('a module that is not there: where the package has them', async () => {
  const loading = library.load(library.models.lenet5(), { wasm: `${origin}/simd.wasm`, threads: 1 });
  expect(await caught(loading)).toMatchObject({ code: 'wasm', place: `${origin}/simd.wasm`, hint: expect.stringMatching(/\.wasm files beside its scripts.*option wasm/) });
});

it('a page in place of a photo: the address is wrong', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  expect(() => inspect(bytes('<!doctype html><p>'), 'photo.jpg')).toThrow(/photo\.jpg: expected an image, got a file that starts like an HTML page; check the address: many servers answer a wrong one with a page/);
  expect(() => inspect(bytes('words of mine'), 'photo.jpg')).toThrow(/give a PNG, JPEG/);
});
