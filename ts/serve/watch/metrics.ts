import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Table } from '../table.js';
import type { Told } from '../told.js';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** The parts of a request's time. */
const PHASES = ['queue', 'decode', 'preprocess', 'run'] as const;

/** What Prometheus reads. Labels are names of models, routes and statuses: nothing that a client makes up. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly requests: Counter;
  private readonly phases: Histogram;
  private readonly whole: Histogram;

  constructor(table: Table) {
    const registers = [this.registry];
    this.requests = new Counter({ name: 'receptive_requests_total', help: 'Requests that were answered.', labelNames: ['model', 'version', 'route', 'code'], registers });
    this.whole = new Histogram({ name: 'receptive_request_seconds', help: 'Time of a request from its headers to its answer.', labelNames: ['model', 'route'], buckets: SECONDS, registers });
    this.phases = new Histogram({ name: 'receptive_phase_seconds', help: 'Parts of the time of a request for which a model computed.', labelNames: ['model', 'phase'], buckets: SECONDS, registers });
    this.gauges(table);
  }

  /** What a scrape is sent as. */
  get contentType(): string {
    return this.registry.contentType;
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }

  /** @param route - as it is written in the table of routes */
  count(route: string, status: number, ms: number, told: Told): void {
    const { model = '', version = '' } = told;
    this.requests.inc({ model, version, route, code: String(status) });
    this.whole.observe({ model, route }, ms / 1000);
    for (const phase of PHASES) if (told[phase] !== undefined) this.phases.observe({ model, phase }, told[phase] / 1000);
  }

  /** What is read at the moment of a scrape. */
  private gauges(table: Table): void {
    const perModel = (name: string, help: string, read: (served: Table['all'][number]) => number): void => {
      const gauge = new Gauge({
        name, help, labelNames: ['model', 'version'], registers: [this.registry],
        collect: () => {
          gauge.reset();
          for (const served of table.all) gauge.set({ model: served.name, version: served.version }, read(served));
        },
      });
    };
    perModel('receptive_queue_length', 'Requests that wait for a worker.', ({ line }) => line.length);
    perModel('receptive_pending', 'Requests that wait or are computed.', ({ line }) => line.pending);
    perModel('receptive_workers', 'Workers that are ready.', ({ workerStats }) => workerStats?.workers ?? 0);
    perModel('receptive_workers_replaced', 'Workers that died and were replaced.', ({ workerStats }) => workerStats?.replaced ?? 0);
    const memory: Gauge = new Gauge({ name: 'process_resident_memory_bytes', help: 'Resident memory of the process.', registers: [this.registry], collect: () => memory.set(process.memoryUsage.rss()) });
  }
}
