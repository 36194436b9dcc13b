import { checkOptions } from '../base/options.js';
import type { PlatformRequest, PlatformResponse } from '../base/globals.js';
import { checkWhole } from '../model/load-request.js';
import { appOf } from './app.js';
import { Held } from './body.js';
import type { Inside } from './context.js';
import { Library } from './repository/library.js';
import { settingsOf } from './options.js';
import type { ServiceOptions, Settings } from './options.js';
import { Table } from './table.js';

/** Models that answer over HTTP. */
export interface Service {
  /** Answers a request, as every framework of web standards has it: it never rejects. */
  readonly fetch: (request: PlatformRequest) => Promise<PlatformResponse>;
  /** Whether requests are answered now. */
  readonly ready: boolean;
  /** Requests that are being answered. */
  readonly pending: number;
  /**
   * Takes no more requests for models, answers those that it has, and ends the workers. Calling it again does nothing.
   * @param options - `grace`: milliseconds for what is being answered, 10,000 unless given; what is not answered then is lost
   */
  close(options?: { readonly grace?: number }): Promise<void>;
}

/**
 * Loads models and answers for them over HTTP: the Open Inference Protocol, photos as bodies, metrics.
 * @returns once all models are ready
 * @throws ArgumentError for an option; what `createPool` throws for a model
 */
export async function createService(options: ServiceOptions): Promise<Service> {
  const settings = settingsOf(options);
  const table = new Table(settings);
  const library = new Library(settings, table);
  try {
    await library.loadAll();
  } catch (error) {
    await Promise.all(table.all.map((served) => served.stop()));
    throw error;
  }
  return new Running(settings, table, library);
}

class Running implements Service {
  private answering = 0;
  private ended: Promise<void> | undefined;
  private readonly app: ReturnType<typeof appOf>;

  constructor(settings: Settings, private readonly table: Table, library: Library) {
    const inside: Inside = { settings, table, held: new Held(settings.maxHeld), isReady: () => this.ready, isEnding: () => this.ended !== undefined };
    this.app = appOf(inside, library);
  }

  readonly fetch = async (request: Request): Promise<Response> => {
    this.answering += 1;
    try {
      return await this.app.fetch(request);
    } finally {
      this.answering -= 1;
    }
  };

  get ready(): boolean {
    return this.ended === undefined && this.table.all.every(({ state }) => state !== 'LOADING');
  }

  get pending(): number {
    return this.answering;
  }

  close(options: { readonly grace?: number } = {}): Promise<void> {
    checkOptions('close', options, { grace: true });
    const grace = checkWhole('grace', options.grace ?? 10_000, 0, 2 ** 31 - 1);
    this.ended ??= this.end(grace);
    return this.ended;
  }

  private async end(grace: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, grace)));
    await Promise.race([Promise.all(this.table.all.map((served) => served.end())), late]);
    clearTimeout(timer);
    await Promise.all(this.table.all.map((served) => served.stop()));
  }
}
