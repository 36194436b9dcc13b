/** The OpenAPI document against the routes that there are, and the statuses that they give. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { appOf } from '../../ts/serve/app.js';
import { Held } from '../../ts/serve/body.js';
import { settingsOf } from '../../ts/serve/options.js';
import { openApi } from '../../ts/serve/plain/openapi.js';
import { Library } from '../../ts/serve/repository/library.js';
import { Table } from '../../ts/serve/table.js';
import { photoPath } from '../image/expected.js';
import { ask, serving, SUMS, SUMS_BODY, squeezenet } from './support.js';

interface Operation {
  readonly responses: Readonly<Record<string, object>>;
}

const { paths, servers } = openApi() as { readonly servers: readonly { readonly url: string }[]; readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

it('has paths that hold below a mount', () => {
  expect(servers.map(({ url }) => new URL(url, 'http://x/models/openapi.json').pathname)).toEqual(['/models/']);
});

it('has the routes of the app, and no others', () => {
  const settings = settingsOf({ models: [{ name: 'sums', model: SUMS }] });
  const table = new Table(settings);
  const app = appOf({ settings, table, held: new Held(1), isReady: () => true, isEnding: () => false }, new Library(settings, table));
  const routes = app.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
  const written = Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
  expect(written.sort()).toEqual([...new Set(routes)].sort());
});

/** A path of the document, of which the address is one. */
function templateOf(address: string): string {
  const { pathname } = new URL(address, 'http://x');
  const found = Object.keys(paths).find((path) => path === pathname) ?? Object.keys(paths).find((path) => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`).test(pathname));
  return found ?? pathname;
}

it('has every status that the routes give', async () => {
  const tokens = ['a-token-of-mine', 'another-of-mine'];
  const guarded = await serving({ models: [{ name: 'net', model: squeezenet }, { name: 'sums', model: SUMS }], size: 1, tokens, rate: 1000, control: true, maxBody: 3_000_000, timeout: 20_000 });
  const narrow = await serving({ models: [{ name: 'sums', model: SUMS }], size: 1, tokens, rate: 1 });
  const quick = await serving({ models: [{ name: 'net', model: squeezenet }, { name: 'sums', model: SUMS }], size: 1, timeout: 100 });
  const seen = new Set<string>();
  const asking = async (service: typeof guarded, method: string, path: string, init: RequestInit = {}, token: string | undefined = tokens[0]): Promise<number> => {
    const headers = { ...(token !== undefined && { authorization: token.includes(' ') ? token : `Bearer ${token}` }), ...(init.headers as Record<string, string>) };
    const { status } = await ask(service, path, { ...init, method, headers });
    const responses = paths[templateOf(path)]?.[method.toLowerCase()]?.responses ?? {};
    expect([method, path, status, Object.keys(responses)]).toEqual([method, path, status, expect.arrayContaining([String(status)])]);
    seen.add(`${method} ${templateOf(path)} ${status}`);
    return status;
  };
  const names = { 'net/versions/9': 404, none: 404, net: 200, 'net/versions/1': 200 } as const;
  const dog = readFileSync(photoPath('dog.jpg'));
  for (const path of Object.keys(paths)) {
    const [method = ''] = Object.keys(paths[path] ?? {}).map((one) => one.toUpperCase());
    const address = path.replace('{name}', 'sums').replace('{version}', '1');
    if (/unload/.test(path)) continue;
    for (const token of ['Basic x', 'Bearer no-such-token', tokens[0]]) await asking(guarded, method, address, method === 'POST' ? { body: '?' } : {}, token);
    const often = [await asking(narrow, method, address, {}, tokens[1]), await asking(narrow, method, address, {}, tokens[1])];
    expect([path, often[1]]).toEqual([path, /^\/(v2\/health.*|openapi.json|)$/.test(path) ? 200 : 429]);
    if (method === 'GET') continue;
    for (const header of ['content-encoding: br', 'content-length: 99999999']) await asking(guarded, method, address, { headers: Object.fromEntries([header.split(': ')]) as Record<string, string>, body: 'x' });
    if (/repository/.test(path)) continue;
    const which = path.startsWith('/v2') ? address : `${path}?model=net`;
    expect(await asking(quick, method, which, { body: new ReadableStream(), duplex: 'half' } as RequestInit)).toBe(408);
  }
  for (const [name, status] of Object.entries(names)) for (const tail of ['', '/ready', '/config', '/stats']) expect(await asking(guarded, 'GET', `/v2/models/${name}${tail}`)).toBe(status);
  expect(await asking(guarded, 'POST', '/classify', { body: dog })).toBe(200);
  expect(await asking(guarded, 'POST', '/v2/models/sums/infer', { body: SUMS_BODY })).toBe(200);
  for (const what of ['index', 'models/sums/load']) expect(await asking(guarded, 'POST', `/v2/repository/${what}`)).toBe(200);
  expect(await asking(guarded, 'POST', '/classify?model=none', { body: dog })).toBe(404);
  expect(await asking(guarded, 'POST', '/v2/models/none/infer', { body: SUMS_BODY })).toBe(404);
  expect(await asking(guarded, 'POST', '/v2/repository/models/none/load')).toBe(404);
  expect(await asking(guarded, 'POST', '/v2/repository/models/none/unload')).toBe(404);
  expect(await asking(guarded, 'POST', '/v2/repository/models/sums/unload')).toBe(200);
  for (const tail of ['', '/ready', '/config']) expect(await asking(guarded, 'GET', `/v2/models/sums${tail}`)).toBe(503);
  expect(await asking(guarded, 'POST', '/v2/models/sums/infer', { body: SUMS_BODY })).toBe(503);
  expect(await asking(quick, 'POST', '/v2/repository/models/sums/load')).toBe(403);
  await quick.close({ grace: 0 });
  for (const path of ['/classify?model=net', '/v2/models/sums/infer']) expect(await asking(quick, 'POST', path, { body: 'x' })).toBe(503);
  expect(await asking(quick, 'GET', '/v2/health/ready')).toBe(503);
  // Not provoked here: 501 and 504 have tests of their own, 500 is none that a client can provoke, 503 of bodies too.
  const written = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).flatMap(([method, { responses }]) => Object.keys(responses).map((status) => `${method.toUpperCase()} ${path} ${status}`)));
  const rare = written.filter((one) => !seen.has(one) && !/ (500|501|504)$/.test(one));
  expect(rare.filter((one) => !/ 503$| 404$|versions|\/v2\/models\/stats/.test(one) && !/(detect|segment|embed|unload)/.test(one))).toEqual([]);
});
