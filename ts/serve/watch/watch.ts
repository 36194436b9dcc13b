import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { At, Env } from '../context.js';
import type { Settings } from '../options.js';
import { levelOf } from './log.js';
import type { LogLine } from './log.js';
import type { Metrics } from './metrics.js';
import { endSpan, spanOf } from './trace.js';

const MOST_PATH = 200;

/** Sees every request through: a span, a count, a line in the log. */
export function watching({ log }: Settings, metrics: Metrics): MiddlewareHandler<Env> {
  return async (at, next) => {
    const started = performance.now();
    at.set('told', {});
    const path = at.req.path.slice(0, MOST_PATH);
    const span = spanOf(at.req.raw, path);
    await next();
    at.header('x-request-id', at.get('requestId'));
    const { status } = at.res;
    const ms = performance.now() - started;
    const told = at.get('told');
    const matched = routePath(at, -1);
    const route = `${methodOf(at)} ${matched.endsWith('*') ? 'none' : matched}`;
    metrics.count(route, status, ms, told);
    endSpan(span, route, status, told);
    log(lineOf(at, path, status, ms));
  };
}

/** Methods are made up by clients; all but the usual ones are one. */
function methodOf({ req: { method } }: At): string {
  return /^(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH)$/.test(method) ? method : 'OTHER';
}

function lineOf(at: At, path: string, status: number, ms: number): LogLine {
  const { model, version, bytes, error, cause, ...times } = at.get('told');
  const parts = Object.fromEntries(Object.entries(times).map(([part, time]) => [part, rounded(time)]));
  return {
    time: new Date().toISOString(), level: levelOf(status), message: cause instanceof Error ? (cause.stack ?? cause.message) : 'request', request: at.get('requestId'),
    method: methodOf(at), path, status, ms: rounded(ms), ...parts, model, version, bytes, error,
  };
}

/** To a microsecond: what is behind it was not measured. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
