/** Photos as bodies: answers equal to those of the library, in every way a photo is sent. */
import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { load } from 'receptive/inline';
import { photoPath } from '../image/expected.js';
import { ask, post, serving, squeezenet } from './support.js';

const [detector, segmenter] = ['examples/assets/nanodet.safetensors', 'examples/assets/selfie.safetensors'];
const service = await serving({ models: [{ name: 'net', model: squeezenet }, { name: 'boxes', model: detector }, { name: 'masks', model: segmenter }], size: 1 });
const dog = readFileSync(photoPath('dog.jpg'));
const astronaut = readFileSync(photoPath('astronaut.png'));

/** What was answered, without the times. */
async function said(response: Response): Promise<Record<string, unknown>> {
  const answer = (await response.json()) as Record<string, unknown>;
  expect([response.status, answer['error']]).toEqual([200, undefined]);
  delete answer['ms'];
  return answer;
}

function form(fields: Readonly<Record<string, string>> = {}): FormData {
  const made = new FormData();
  made.append('photo', new Blob([dog], { type: 'image/jpeg' }), 'dog.jpg');
  for (const [name, value] of Object.entries(fields)) made.append(name, value);
  return made;
}

describe('classify', () => {
  it('asks the first model that is for it: one that says nothing of itself too', async () => {
    const two = await serving({ models: [{ name: 'net', model: squeezenet }, { name: 'digits', model: 'examples/assets/lenet5.safetensors' }], size: 1 });
    expect(await said(await post(two, '/classify?topK=1', dog))).toMatchObject({ model: 'net' });
  });

  it('answers as the library does, by body, form and base64', async () => {
    using model = await load(squeezenet);
    const { top, scores } = await model.classifyBytes(dog, { topK: 2 });
    const wanted = JSON.parse(JSON.stringify({ model: 'net', version: '1', top, scores })) as unknown;
    expect(await said(await post(service, '/classify?topK=2', dog))).toEqual(wanted);
    expect(await said(await post(service, '/classify?topK=2', dog, { 'content-type': 'application/x-www-form-urlencoded' }))).toEqual(wanted);
    expect(await said(await post(service, '/classify', form({ topK: '2' })))).toEqual(wanted);
    const base64 = JSON.stringify({ image: dog.toString('base64'), topK: 2 });
    expect(await said(await post(service, '/classify', base64, { 'content-type': 'application/json' }))).toEqual(wanted);
  });

  it.each([
    ['an empty body', '/classify', '', {}, 400],
    ['what is no photo', '/classify', 'words', {}, 400],
    ['a path as base64', '/classify', JSON.stringify({ image: '/etc/passwd.' }), { 'content-type': 'application/json' }, 400],
    ['an address', '/classify', JSON.stringify({ image: 'http://127.0.0.1:1/a.jpg' }), { 'content-type': 'application/json' }, 400],
    ['a form without its boundary', '/classify', 'x', { 'content-type': 'multipart/form-data' }, 400],
    ['a form that is none', '/classify', 'x', { 'content-type': 'multipart/form-data; boundary=a' }, 400],
    ['an option that does not exist', '/classify?topk=3', 'x', {}, 400],
    ['an option without meaning', '/classify?topK=many', 'x', {}, 400],
    ['another model', '/classify?model=other', 'x', {}, 404],
    ['a model for something else', '/classify?model=boxes', dog, {}, 400],
  ] as const)('refuses %s', async (_, path, body, headers, status) => {
    const response = await post(service, path, body, headers);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error: expect.stringMatching(/\w/) as unknown });
  });

  it('says what to leave out of an address that has the photo in itself', async () => {
    const response = await post(service, '/classify', JSON.stringify({ image: `data:image/jpeg;base64,${dog.toString('base64')}` }), { 'content-type': 'application/json' });
    expect(await response.json()).toEqual({ error: expect.stringMatching(/leave out what stands before the comma, and the comma/) as unknown });
  });
});

it('detect and segment ask the model that is for them, and embed the classifier', async () => {
  using boxes = await load(detector);
  const found = await boxes.detectBytes(dog, { score: 0.5 });
  expect(await said(await post(service, '/detect?score=0.5', dog))).toMatchObject(JSON.parse(JSON.stringify({ model: 'boxes', boxes: found.boxes, head: found.head })) as object);
  using masks = await load(segmenter);
  const { mask, classes } = await masks.segmentBytes(astronaut);
  const answer = await said(await post(service, '/segment', astronaut));
  expect(answer).toMatchObject(JSON.parse(JSON.stringify({ model: 'masks', classes })) as object);
  const { runs, width, height } = answer['mask'] as { runs: number[]; width: number; height: number };
  const pixels = runs.flatMap((value, i) => (i % 2 === 0 ? (new Array(runs[i + 1] ?? 0).fill(value) as number[]) : []));
  expect([width, height, pixels.length]).toEqual([mask.width, mask.height, mask.data.length]);
  expect(Buffer.from(pixels).equals(Buffer.from(mask.data))).toBe(true);
  using net = await load(squeezenet);
  const { vector } = await said(await post(service, '/embed?normalize=true', dog));
  expect(vector).toEqual([...(await net.embedBytes(dog, { normalize: true }))]);
});

it('describes itself: every path of its OpenAPI document is there, and its page has a script that its policy allows', async () => {
  const { paths } = (await (await ask(service, '/openapi.json')).json()) as { paths: Record<string, Record<string, unknown>> };
  for (const [path, methods] of Object.entries(paths)) {
    for (const method of Object.keys(methods)) {
      const response = await ask(service, path.replace('{name}', 'net').replace('{version}', '1'), { method: method.toUpperCase(), ...(method === 'post' && { body: '?' }) });
      expect([path, method, response.status === 404]).toEqual([path, method, false]);
    }
  }
  expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/classify', '/detect', '/segment', '/embed', '/v2/models/{name}/infer']));
  const page = await ask(service, '/');
  expect(page.headers.get('content-type')).toMatch(/text\/html/);
  expect(page.headers.get('content-security-policy')).toMatch(/script-src 'sha256-/);
});

it.each([['/', '/classify'], ['/models', '/models/classify'], ['/models/', '/models/classify']])('the page at %s asks %s', async (pathname, asked) => {
  const script = /<script type="module">([\s\S]*)<\/script>/.exec(await (await ask(service, '/')).text())?.[1] ?? '';
  /** As much of a page as the script touches; what is submitted is what the form listens to. */
  let submit: ((event: object) => Promise<void>) | undefined;
  const field = { value: '', addEventListener: () => undefined, files: ['photo'] };
  const form = { photo: field, elements: { call: { value: 'classify' }, model: field, token: field }, addEventListener: (_: string, listener: typeof submit) => (submit = listener) };
  const link = { href: '' };
  const elements: Readonly<Record<string, object>> = { form, a: link, pre: {}, img: {} };
  const paths: string[] = [];
  runInNewContext(script, { document: { querySelector: (name: string) => elements[name] }, location: { pathname }, fetch: (path: string) => (paths.push(path), Promise.reject(new Error('no'))) });
  await submit?.({ preventDefault: () => undefined });
  expect([paths, link.href]).toEqual([[asked], asked.replace('classify', 'openapi.json')]);
});
