import { Hono } from 'hono';
import { bearerAuth } from 'hono/bearer-auth';
import { requestId } from 'hono/request-id';
import { secureHeaders } from 'hono/secure-headers';
import type { At, Env, Inside } from './context.js';
import { oipRoutes } from './oip/routes.js';
import { refusalOf } from './refusal.js';

/** A message may quote what was sent; it is cut here, so that no answer is as large as its request. */
const MOST_SAID = 500;

/** The routes of a service, behind what every request passes. */
export function appOf(inside: Inside): Hono<Env> {
  const app = new Hono<Env>();
  app.use(requestId({ limitLength: 128 }));
  app.use(async (at, next) => {
    at.set('told', {});
    await next();
  });
  app.use(secureHeaders());
  const { tokens } = inside.settings;
  if (tokens.length > 0) app.use(guard(tokens));
  oipRoutes(app, inside);
  app.notFound((at) => at.json({ error: 'there is nothing at this path for this method; /openapi.json lists what there is' }, 404));
  app.onError((error, at) => told(error, at));
  return app;
}

/** Lets those pass who have a token, and all who ask for health: probes have none. */
function guard(tokens: readonly string[]): ReturnType<typeof bearerAuth> {
  const message = (said: string): { message: object } => ({ message: { error: said } });
  const check = bearerAuth({
    token: [...tokens],
    noAuthenticationHeader: message('a token is needed: send the header Authorization: Bearer TOKEN'),
    invalidAuthenticationHeader: message('the header Authorization has to be: Bearer TOKEN'),
    invalidToken: message('this token is not known here'),
  });
  return (at, next) => (at.req.path.startsWith('/v2/health/') ? next() : check(at, next));
}

/** The answer of a request that failed. */
function told(error: unknown, at: At): Response {
  // What Hono's own middleware throws has its answer with it.
  if (error instanceof Error && 'getResponse' in error && typeof error.getResponse === 'function') return (error.getResponse as () => Response)();
  const refusal = refusalOf(error);
  const { message, code } = refusal.error;
  Object.assign(at.get('told'), { error: code, cause: refusal.status >= 500 ? error : undefined });
  return new Response(JSON.stringify({ error: message.length > MOST_SAID ? `${message.slice(0, MOST_SAID)}...` : message }), {
    status: refusal.status, headers: { 'content-type': 'application/json', ...refusal.headers },
  });
}
