import { VERSION } from '../../base/version.js';
import type { PhotoCall } from '../../tasks/photo-tasks.js';
import { PLAIN_OPTIONS } from './options.js';

const WHAT: Readonly<Record<PhotoCall, string>> = {
  classify: 'The likeliest classes of a photo',
  detect: 'What is where on a photo: boxes in its pixels',
  segment: 'The class of each pixel of a photo, by runs: class, pixels, class, pixels, ...',
  embed: 'The features of a photo',
};

const number = { type: 'number' };
const text = { type: 'string' };
const list = (items: object): object => ({ type: 'array', items });
const object = (properties: Readonly<Record<string, object>>): object => ({ type: 'object', properties });
const MS = object(Object.fromEntries(['wait', 'transfer', 'decode', 'preprocess', 'run', 'total'].map((part) => [part, number])));
const MASK = object({ width: number, height: number, left: number, top: number, runs: list({ type: 'integer' }) });

const ANSWERS: Readonly<Record<PhotoCall, Readonly<Record<string, object>>>> = {
  classify: { top: list(object({ index: number, label: text, probability: number })), scores: text, ms: MS },
  detect: { boxes: list(object({ left: number, top: number, width: number, height: number, score: number, label: text, index: number, mask: MASK })), head: text, ms: MS },
  segment: { classes: list(object({ index: number, label: text, share: number })), mask: MASK, ms: MS },
  embed: { vector: list(number) },
};

const json = (schema: object): object => ({ 'application/json': { schema } });
const REFUSED = { description: 'Why it was not answered, in words', content: json(object({ error: text })) };
const refusals = (...codes: readonly number[]): object => Object.fromEntries(codes.map((code) => [String(code), REFUSED]));
const parameter = (name: string, schema: object): object => ({ name, in: 'query', required: false, schema });
const inPath = (name: string): object => ({ name, in: 'path', required: true, schema: text });

function photoPath(call: PhotoCall): object {
  const bytes = { schema: { type: 'string', format: 'binary' } };
  const options = Object.entries(PLAIN_OPTIONS[call]).map(([name, { schema }]) => parameter(name, schema));
  return {
    post: {
      operationId: call, summary: WHAT[call], parameters: [parameter('model', text), parameter('version', text), ...options],
      requestBody: {
        required: true,
        content: { 'image/*': bytes, 'application/octet-stream': bytes, 'multipart/form-data': { schema: object({ photo: bytes.schema }) }, ...json(object({ image: { type: 'string', format: 'byte' } })) },
      },
      responses: { 200: { description: 'The answer', content: json(object({ model: text, version: text, ...ANSWERS[call] })) }, ...refusals(400, 401, 404, 413, 415, 429, 503, 504) },
    },
  };
}

function operation(method: 'get' | 'post', operationId: string, summary: string, path: string): readonly [string, object] {
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => inPath(name));
  const body = operationId.startsWith('infer') ? { requestBody: { required: true, content: { 'application/json': {}, 'application/octet-stream': {} } } } : {};
  return [path, { [method]: { operationId, summary, parameters, ...body, responses: { 200: { description: 'The answer' }, ...refusals(400, 401, 404, 503) } } }];
}

const PROTOCOL = [
  operation('get', 'live', 'Whether the service lives', '/v2/health/live'),
  operation('get', 'ready', 'Whether it takes requests', '/v2/health/ready'),
  operation('get', 'server', 'What the service is', '/v2'),
  operation('get', 'model', 'What a model takes and gives', '/v2/models/{name}'),
  operation('get', 'modelVersion', 'The same of one version', '/v2/models/{name}/versions/{version}'),
  operation('get', 'modelReady', 'Whether a model takes requests', '/v2/models/{name}/ready'),
  operation('get', 'config', "A model's configuration, in Triton's words", '/v2/models/{name}/config'),
  operation('get', 'stats', "What a model has done, in Triton's words", '/v2/models/{name}/stats'),
  operation('post', 'infer', 'Tensors in, tensors out', '/v2/models/{name}/infer'),
  operation('post', 'inferVersion', 'The same of one version', '/v2/models/{name}/versions/{version}/infer'),
  operation('post', 'index', 'The models of the repository', '/v2/repository/index'),
  operation('post', 'load', 'Loads a model of the repository', '/v2/repository/models/{name}/load'),
  operation('post', 'unload', 'Takes a model away', '/v2/repository/models/{name}/unload'),
  operation('get', 'metrics', 'For Prometheus', '/metrics'),
];

/** What there is, as OpenAPI 3.1 has it. */
export function openApi(): object {
  const photos = (Object.keys(PLAIN_OPTIONS) as PhotoCall[]).map((call) => [`/${call}`, photoPath(call)] as const);
  return {
    openapi: '3.1.0',
    info: { title: 'receptive', version: VERSION, description: 'Convolutional networks over HTTP: photos as bodies, and the Open Inference Protocol.' },
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    security: [{}, { bearer: [] }],
    paths: Object.fromEntries([...photos, ...PROTOCOL]),
  };
}
