import type { MiddlewareHandler } from 'hono';
import { bearerAuth } from 'hono/bearer-auth';
import type { Env } from './context.js';
import type { Settings } from './options.js';
import { Rate } from './rate.js';

/** What is told to everybody: health to probes, which have no tokens, and the page, which asks for one. */
const OPEN = /^\/(v2\/health\/(live|ready)|openapi\.json|)$/;

/** Lets those pass who have a token, where tokens were given, and as often as they may. */
export function guards({ tokens, rate }: Settings): readonly MiddlewareHandler<Env>[] {
  const found: MiddlewareHandler<Env>[] = [];
  if (tokens.length > 0) found.push(tokenGuard(tokens));
  if (rate !== undefined) found.push(rateGuard(new Rate(rate), tokens.length > 0));
  return found;
}

function tokenGuard(tokens: readonly string[]): MiddlewareHandler<Env> {
  const message = (error: string): { message: object } => ({ message: { error } });
  const check = bearerAuth<Env>({
    token: [...tokens],
    noAuthenticationHeader: message('a token is needed: send the header Authorization: Bearer TOKEN'),
    invalidAuthenticationHeader: message('the header Authorization has to be: Bearer TOKEN'),
    invalidToken: message('this token is not known here'),
  });
  return (at, next) => (OPEN.test(at.req.path) ? next() : check(at, next));
}

/** @param byToken - the tokens have been checked: each counts for itself */
function rateGuard(rate: Rate, byToken: boolean): MiddlewareHandler<Env> {
  return async (at, next) => {
    if (!OPEN.test(at.req.path)) rate.take(byToken ? (/\S+$/.exec(at.req.header('authorization')?.trim() ?? '')?.[0] ?? '') : '');
    await next();
  };
}
