import { Hono } from 'hono';
import { requestId } from 'hono/request-id';
import { secureHeaders } from 'hono/secure-headers';
import type { At, Env, Inside } from './context.js';
import { guards } from './guard.js';
import { oipRoutes } from './oip/routes.js';
import { plainRoutes } from './plain/routes.js';
import { Refusal, refusalOf } from './refusal.js';
import type { Library } from './repository/library.js';
import { repositoryRoutes } from './repository/routes.js';
import { Metrics } from './watch/metrics.js';
import { watching } from './watch/watch.js';
import { forClients } from './words.js';

/** A message may quote what was sent; it is cut here, so that no answer is as large as its request. */
const MOST_SAID = 500;

/** The routes of a service, behind what every request passes. */
export function appOf(inside: Inside, library: Library): Hono<Env> {
  const app = new Hono<Env>();
  const metrics = new Metrics(inside.table);
  app.use(requestId({ limitLength: 128 }), watching(inside.settings, metrics), secureHeaders(), ...guards(inside.settings));
  oipRoutes(app, inside);
  repositoryRoutes(app, inside, library);
  plainRoutes(app, inside);
  app.get('/metrics', async (at) => at.body(await metrics.text(), 200, { 'content-type': metrics.contentType }));
  app.notFound((at) => at.json({ error: 'there is nothing at this path for this method; /openapi.json lists what there is' }, 404));
  app.onError(told);
  return app;
}

/** The answer of a request that failed. */
function told(error: unknown, at: At): Response {
  // What Hono's own middleware throws has its answer with it.
  if (error instanceof Error && 'getResponse' in error && typeof error.getResponse === 'function') {
    at.get('told').error = 'token';
    return (error.getResponse as () => Response)();
  }
  const refusal = refusalOf(error);
  const { code } = refusal.error;
  // What the service itself says is said to clients already.
  const message = error instanceof Refusal ? refusal.error.message : forClients(refusal.error);
  Object.assign(at.get('told'), { error: code, cause: refusal.status === 500 ? error : undefined });
  return new Response(JSON.stringify({ error: message.length > MOST_SAID ? `${message.slice(0, MOST_SAID)}...` : message }), {
    status: refusal.status, headers: { 'content-type': 'application/json', ...refusal.headers },
  });
}
