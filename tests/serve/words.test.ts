/** What clients read: words of HTTP, of the protocol and of what they sent, and none of the library's. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { photoPath } from '../image/expected.js';
import { post, serving, squeezenet } from './support.js';

const service = await serving({ models: [{ name: 'net', model: squeezenet }, { name: 'boxes', model: 'examples/assets/nanodet.safetensors' }, { name: 'masks', model: 'examples/assets/selfie.safetensors' }], size: 1, maxPixels: 1000 });
const dog = readFileSync(photoPath('dog.jpg'));

const tensor = (fields: object): string => JSON.stringify({ inputs: [{ name: 'x', datatype: 'FP32', shape: [1, 2], data: [1, 2], ...fields }] });
const INFER = '/v2/models/net/infer';

/** Names that programs have and clients do not: of calls, options, types and classes. */
const OURS = /\w\(\)|createPool|createService|option maxPixels|\b(u?int|float)(8|16|32|64)\b|control: |\bArray\b|\bObject\b|\bundefined\b|\bcanvas\b|got another/;

it.each([
  ['/classify', dog, /image: expected at most 1000 pixels, got 768 x 576; send a smaller photo$/],
  ['/classify?model=boxes', dog, /one made for detection; ask \/detect, or send tensors to \/v2\/models\/NAME\/infer$/],
  ['/classify?model=masks', dog, /one made for segmentation; ask \/segment, or/],
  ['/embed?model=masks', dog, /one made for segmentation; send tensors to/],
  ['/detect?model=net', dog.subarray(0, 3000), /./],
  ['/classify', '<svg xmlns="x"/>', /got SVG; send it as PNG$/],
  ['/classify', '<html><body>', /HTML page; send the bytes of the photo itself$/],
  ['/classify', '%PDF-1.4', /got a PDF; send a PNG, JPEG/],
  ['/classify?topk=3', dog, /^\/classify: expected options of model, version, topK, exact, got "topk"; did you mean topK/],
  ['/classify?model=none', dog, /expected one of net, boxes, masks, got "none"/],
  ['/classify?model=net&version=9', dog, /version of net: expected one of 1, got "9"/],
  ['/classify?version=9', dog, /version: expected a model beside it, got none; write \?model=NAME&version=9/],
  ['/classify?model=&version=9', dog, /model: expected one that is named/],
  [INFER, '[]', /body: expected an object, got a list/],
  [INFER, '{}', /inputs: expected a list, got nothing/],
  [INFER, '{"inputs": {}}', /inputs: expected a list, got an object/],
  [INFER, tensor({ datatype: 'INT32' }), /x: expected FP32, got INT32/],
  [INFER, tensor({ datatype: 'INT64', data: [1.5, 2] }), /whole numbers for INT64, got 1\.5/],
  [INFER, tensor({ datatype: 'INT8', data: [300, 2] }), /whole numbers of INT8, got 300/],
  [INFER, tensor({ shape: 'a' }), /shape: expected a list of whole numbers, got a text/],
  [INFER, tensor({ shape: undefined }), /shape: expected a list of whole numbers, got nothing/],
  [INFER, tensor({ data: { a: 1 } }), /data: expected a list of numbers, got an object/],
  [INFER, tensor({ datatype: undefined }), /datatype: .*got nothing/],
  ['/v2/repository/models/net/load', '', /models are not loaded or unloaded by clients/],
])('%s with %.20s', async (path, body, said) => {
  const response = await post(service, path, body);
  const { error } = (await response.json()) as { error: string };
  expect(error).toMatch(said);
  expect(error).not.toMatch(OURS);
  expect([400, 403, 404]).toContain(response.status);
});

it('a version that is asked without a model is refused in the same way everywhere', async () => {
  const statuses = await Promise.all(['?version=1', '?version=9', '?model=&version=1', '?model=net&version='].map(async (query) => (await post(service, `/classify${query}`, dog)).status));
  expect(statuses).toEqual([400, 400, 400, 400]);
});
