import type { Hono } from 'hono';
import { withBody } from '../body.js';
import type { At, Env, Inside } from '../context.js';
import { refuse } from '../refusal.js';
import type { Library } from './library.js';

/** The extension `model_repository` of the protocol. A model is named, and looked up; files are never sent. */
export function repositoryRoutes(app: Hono<Env>, inside: Inside, library: Library): void {
  app.post('/v2/repository/index', async (at) => {
    const { ready } = await parametersOf(at, inside);
    const lines = await library.index();
    return at.json(ready === true ? lines.filter(({ state }) => state === 'READY') : lines);
  });
  app.post('/v2/repository/models/:name/load', async (at) => {
    const { parameters = {} } = await parametersOf(at, inside);
    const sent = Object.keys(Object(parameters) as object);
    if (sent.length > 0) refuse(400, 'parameters', 'none: models are loaded as they lie in the repository', 'some');
    await library.load(at.req.param('name'));
    return at.json({});
  });
  app.post('/v2/repository/models/:name/unload', async (at) => {
    await parametersOf(at, inside);
    await library.unload(at.req.param('name'));
    return at.json({});
  });
}

/** The object that is sent, or none. */
function parametersOf(at: At, { settings, held }: Inside): Promise<Readonly<Record<string, unknown>>> {
  const most = Math.min(settings.maxBody, 2 ** 16);
  return withBody(at.req.raw, { settings: { maxBody: most }, held }, at.get('told'), (body) => {
    if (body.byteLength === 0) return Promise.resolve({});
    try {
      const value: unknown = JSON.parse(new TextDecoder().decode(body));
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Promise.resolve(value as Readonly<Record<string, unknown>>);
    } catch {
      // Said below.
    }
    return refuse(400, 'body', 'an object in JSON, or nothing', 'another');
  });
}
