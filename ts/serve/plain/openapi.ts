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

/** Of every path but the open ones: a header that is none, no token that is known, too often. */
const GUARDED = [400, 401, 429];
/** Of what is looked up, and has to be loaded. */
const [THERE, LOADED] = [[404], [404, 503]];
/** Of what reads a body. */
const BODY = [400, 413, 415, 503];
/** Of what a model computes, in its time. */
const COMPUTED = [...BODY, ...LOADED, 408, 504];

/** The answers of an operation that are refusals; 500 any may be. */
function refusals(...codes: readonly number[]): object {
  const all = [...new Set([...codes, 500])].sort((a, b) => a - b);
  return Object.fromEntries(all.map((code) => [String(code), REFUSED]));
}
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
      responses: { 200: { description: 'The answer', content: json(object({ model: text, version: text, ...ANSWERS[call] })) }, ...refusals(...GUARDED, ...COMPUTED, 501) },
    },
  };
}

type Operation = readonly [method: 'get' | 'post', operationId: string, summary: string, path: string, codes: readonly number[]];

function operationOf([method, operationId, summary, path, codes]: Operation): readonly [string, object] {
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => inPath(name));
  const body = operationId.startsWith('infer') ? { requestBody: { required: true, content: { 'application/json': {}, 'application/octet-stream': {} } } } : {};
  return [path, { [method]: { operationId, summary, parameters, ...body, responses: { 200: { description: 'The answer' }, ...refusals(...codes) } } }];
}

const MODEL = '/v2/models/{name}';
const ONE = `${MODEL}/versions/{version}`;
const REPOSITORY = '/v2/repository';

const PROTOCOL: readonly Operation[] = [
  ['get', 'page', 'A page to try it with', '/', []],
  ['get', 'openapi', 'This document', '/openapi.json', []],
  ['get', 'live', 'Whether the service lives', '/v2/health/live', []],
  ['get', 'ready', 'Whether it takes requests', '/v2/health/ready', [503]],
  ['get', 'server', 'What the service is', '/v2', GUARDED],
  ['get', 'model', 'What a model takes and gives', MODEL, [...GUARDED, ...LOADED]],
  ['get', 'modelVersion', 'The same of one version', ONE, [...GUARDED, ...LOADED]],
  ['get', 'modelReady', 'Whether a model takes requests', `${MODEL}/ready`, [...GUARDED, ...LOADED]],
  ['get', 'modelVersionReady', 'The same of one version', `${ONE}/ready`, [...GUARDED, ...LOADED]],
  ['get', 'config', "A model's configuration, in Triton's words", `${MODEL}/config`, [...GUARDED, ...LOADED]],
  ['get', 'configVersion', 'The same of one version', `${ONE}/config`, [...GUARDED, ...LOADED]],
  ['get', 'allStats', "What all models have done, in Triton's words", '/v2/models/stats', [...GUARDED, ...LOADED]],
  ['get', 'stats', 'The same of one model', `${MODEL}/stats`, [...GUARDED, ...THERE]],
  ['get', 'statsVersion', 'The same of one version', `${ONE}/stats`, [...GUARDED, ...THERE]],
  ['post', 'infer', 'Tensors in, tensors out', `${MODEL}/infer`, [...GUARDED, ...COMPUTED]],
  ['post', 'inferVersion', 'The same of one version', `${ONE}/infer`, [...GUARDED, ...COMPUTED]],
  ['post', 'index', 'The models of the repository', `${REPOSITORY}/index`, [...GUARDED, ...BODY]],
  ['post', 'load', 'Loads a model of the repository', `${REPOSITORY}/models/{name}/load`, [...GUARDED, ...BODY, ...THERE, 403]],
  ['post', 'unload', 'Takes a model away', `${REPOSITORY}/models/{name}/unload`, [...GUARDED, ...BODY, ...THERE, 403]],
  ['get', 'metrics', 'For Prometheus', '/metrics', GUARDED],
];

/** What there is, as OpenAPI 3.1 has it. */
export function openApi(): object {
  const photos = (Object.keys(PLAIN_OPTIONS) as PhotoCall[]).map((call) => [`/${call}`, photoPath(call)] as const);
  return {
    openapi: '3.1.0',
    info: { title: 'receptive', version: VERSION, description: 'Convolutional networks over HTTP: photos as bodies, and the Open Inference Protocol.' },
    // Relative to this document, so that paths hold below a mount too.
    servers: [{ url: '.' }],
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    security: [{}, { bearer: [] }],
    paths: Object.fromEntries([...photos, ...PROTOCOL.map(operationOf)]),
  };
}
