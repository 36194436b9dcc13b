import type { Hono } from 'hono';
import { VERSION } from '../../base/version.js';
import type { Port } from '../../session/inputs.js';
import { computed } from '../context.js';
import type { At, Env, Inside } from '../context.js';
import type { Served } from '../served.js';
import { packed } from '../packed.js';
import { DATATYPES } from './datatypes.js';
import { wantedOutputs, writeInfer } from './infer-answer.js';
import { readInfer } from './infer-request.js';
import { configOf, statsOf } from './triton.js';

const EXTENSIONS = ['binary_tensor_data', 'model_configuration', 'model_repository', 'statistics'];

/** The Open Inference Protocol, version 2, over REST: https://github.com/open-inference/open-inference-protocol */
export function oipRoutes(app: Hono<Env>, inside: Inside): void {
  const { table } = inside;
  app.get('/v2', (at) => at.json({ name: 'receptive', version: VERSION, extensions: EXTENSIONS }));
  app.get('/v2/health/live', (at) => at.json({ live: true }));
  app.get('/v2/health/ready', (at) => at.json({ ready: inside.isReady() }, inside.isReady() ? 200 : 503));
  // Triton's path for all models; a model may have that name.
  app.get('/v2/models/stats', (at, next) => (table.versionsOf('stats').length > 0 ? next() : Promise.resolve(at.json({ model_stats: table.all.map(statsOf) }))));
  for (const path of ['/v2/models/:name', '/v2/models/:name/versions/:version'] as const) {
    const find = (at: At): Served => table.find(at.req.param('name') ?? '', at.req.param('version'));
    app.get(path, (at) => at.json(metadata(find(at), table.versionsOf(find(at).name))));
    app.get(`${path}/ready`, (at) => {
      const ready = find(at).state === 'READY';
      return at.json({ name: find(at).name, ready }, ready ? 200 : 503);
    });
    app.get(`${path}/config`, (at) => at.json(configOf(find(at))));
    app.get(`${path}/stats`, (at) => at.json({ model_stats: (at.req.param('version') === undefined ? table.versionsOf(find(at).name) : [find(at)]).map(statsOf) }));
    app.post(`${path}/infer`, (at) => infer(at, inside, find(at)));
  }
}

function metadata(served: Served, versions: readonly Served[]): object {
  const pool = served.ready();
  return { name: served.name, versions: versions.map(({ version }) => version), platform: 'receptive', inputs: pool.inputs.map(port), outputs: pool.outputs.map(port) };
}

function port({ name, dtype, shape, anyRank }: Port): object {
  return { name, datatype: DATATYPES[dtype], shape: anyRank ? [-1] : shape.map((dim) => dim ?? -1) };
}

function infer(at: At, inside: Inside, served: Served): Promise<Response> {
  return computed(at, inside, served, async (body, deadline) => {
    const request = readInfer(body, at.req.header('inference-header-content-length') ?? null);
    if (request.timeout !== undefined) deadline.shorten(request.timeout);
    const wanted = wantedOutputs(served, request);
    const answers = await served.infer(deadline, at.get('told'), request.inputs);
    const { parts, header } = writeInfer(served, request.id, wanted, answers);
    const headers: Record<string, string> = { 'content-type': header === undefined ? 'application/json' : 'application/octet-stream' };
    if (header !== undefined) headers['inference-header-content-length'] = String(header);
    return packed(at.req.raw, parts, headers);
  });
}
