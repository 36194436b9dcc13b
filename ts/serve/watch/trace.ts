import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Span } from '@opentelemetry/api';
import { VERSION } from '../../base/version.js';
import type { Told } from '../told.js';

// The interface of OpenTelemetry alone is bundled, of the oldest version that fits: a tracer that is registered by a newer one is found, one by
// an older one is not. Without a tracer all of this does nothing.

/** A span for a request, under that of the client where its headers name one. */
export function spanOf(request: Request, path: string): Span {
  const carrier = Object.fromEntries(['traceparent', 'tracestate', 'baggage'].flatMap((name) => (request.headers.has(name) ? [[name, request.headers.get(name)]] : [])));
  const parent = propagation.extract(context.active(), carrier);
  const attributes = { 'http.request.method': request.method, 'url.path': path };
  return trace.getTracer('receptive', VERSION).startSpan(request.method, { kind: SpanKind.SERVER, attributes }, parent);
}

/** Ends it with what became known. @param route - as it is written in the table of routes */
export function endSpan(span: Span, route: string, status: number, told: Told): void {
  span.updateName(route);
  span.setAttribute('http.response.status_code', status);
  if (told.model !== undefined) span.setAttributes({ 'receptive.model': told.model, 'receptive.version': told.version ?? '' });
  for (const part of ['queue', 'decode', 'preprocess', 'run'] as const) if (told[part] !== undefined) span.setAttribute(`receptive.${part}_ms`, told[part]);
  if (told.error !== undefined) span.setAttribute('error.type', told.error);
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
