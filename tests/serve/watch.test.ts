/** What is seen from outside: metrics, a line of log for each request, spans. */
import { readFileSync } from 'node:fs';
import { context, propagation, trace } from '@opentelemetry/api';
import type { Span, SpanOptions, Tracer } from '@opentelemetry/api';
import { afterAll, expect, it } from 'vitest';
import type { LogLine } from '../../ts/serve/watch/log.js';
import { coresHere } from '../../ts/serve/cores.js';
import { photoPath } from '../image/expected.js';
import { ask, post, serving, squeezenet } from './support.js';

const lines: LogLine[] = [];
const service = await serving({ models: [{ name: 'net', model: squeezenet }], size: 1, log: (line) => lines.push(line) });
const dog = readFileSync(photoPath('dog.jpg'));

it('vectors that were to be paired and are not are told of at the start', async () => {
  const told: LogLine[] = [];
  await serving({ models: [{ name: 'net', model: squeezenet, options: { wide: true, variant: 'simd', warmup: false } }], size: 1, batch: 1, log: (line) => told.push(line) });
  expect(told).toMatchObject([{ level: 'warn', message: 'vectors are not paired: the simd variant was asked for' }]);
  expect(lines).toEqual([]);
});

it('a request is counted, timed by its parts, and has a line with no more than its outside', async () => {
  lines.length = 0;
  const response = await post(service, '/classify?topK=1', dog, { 'x-request-id': 'mine-1' });
  expect([response.status, response.headers.get('x-request-id')]).toEqual([200, 'mine-1']);
  const number = expect.any(Number) as unknown;
  expect(lines).toEqual([{
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as unknown, level: 'info', message: 'request', request: 'mine-1', method: 'POST', path: '/classify', status: 200, ms: number, queue: number,
    decode: number, preprocess: number, run: number, model: 'net', version: '1', bytes: dog.byteLength, error: undefined,
  }]);
  expect((await post(service, '/classify', 'words')).status).toBe(400);
  expect(lines[1]).toMatchObject({ level: 'warn', status: 400, error: 'image' });
  await ask(service, '/no/such/path');
  const text = await (await ask(service, '/metrics')).text();
  for (const wanted of [
    'receptive_requests_total{model="net",version="1",route="POST /classify",code="200"} 1', 'receptive_requests_total{model="net",version="1",route="POST /classify",code="400"} 1',
    'receptive_requests_total{model="",version="",route="GET none",code="404"} 1', 'receptive_queue_length{model="net",version="1"} 0', 'receptive_workers{model="net",version="1"} 1',
    ...['queue', 'decode', 'preprocess', 'run'].map((phase) => `receptive_phase_seconds_count{model="net",phase="${phase}"} 1`),
  ]) expect(text).toContain(wanted);
  expect(text).toMatch(/^process_resident_memory_bytes \d{7,}$/m);
});

it('a span is made where a tracer is registered, under the one that the client names', async () => {
  const spans: { name: string; attributes: Record<string, unknown>; parent: string | undefined; ended: boolean }[] = [];
  const tracer = {
    startSpan(name: string, options: SpanOptions, parent = context.active()) {
      const kept = { name, attributes: { ...options.attributes } as Record<string, unknown>, parent: trace.getSpanContext(parent)?.traceId, ended: false };
      spans.push(kept);
      return {
        setAttribute: (key: string, value: unknown) => void (kept.attributes[key] = value), setAttributes: (more: object) => void Object.assign(kept.attributes, more),
        updateName: (other: string) => void (kept.name = other), setStatus: () => undefined, end: () => void (kept.ended = true),
      } as unknown as Span;
    },
  } as unknown as Tracer;
  afterAll(() => {
    trace.disable();
    propagation.disable();
  });
  trace.setGlobalTracerProvider({ getTracer: () => tracer });
  propagation.setGlobalPropagator({
    inject: () => undefined, fields: () => ['traceparent'],
    extract: (to, carrier: Record<string, string>) => trace.setSpanContext(to, { traceId: carrier['traceparent']?.split('-')[1] ?? '', spanId: '00f067aa0ba902b7', traceFlags: 1 }),
  });
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  await post(service, '/classify', dog, { traceparent: `00-${traceId}-00f067aa0ba902b7-01` });
  expect(spans).toEqual([{
    name: 'POST /classify', parent: traceId, ended: true,
    attributes: expect.objectContaining({ 'http.request.method': 'POST', 'http.response.status_code': 200, 'receptive.model': 'net', 'receptive.run_ms': expect.any(Number) as unknown }) as unknown,
  }]);
});

it.each([
  [{ '/sys/fs/cgroup/cpu.max': '150000 100000\n' }, 8, 2], [{ '/sys/fs/cgroup/cpu.max': 'max 100000\n' }, 8, 8], [{ '/sys/fs/cgroup/cpu.max': '50000 100000\n' }, 8, 1],
  [{ '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '300000', '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000' }, 2, 2], [{ '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1', '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000' }, 3, 3], [{}, 5, 5],
])('the cores of a container: %o of %d are %d', (files: Readonly<Record<string, string>>, most, wanted) => {
  const read = (file: string): string => files[file] ?? (() => { throw new Error('ENOENT'); })();
  expect(coresHere(read, most)).toBe(wanted);
});
