import { ReceptiveError } from '../../base/errors.js';
import { failure } from '../../base/wrong.js';
import type { ServiceModel, Settings } from '../options.js';
import { Refusal, refuse } from '../refusal.js';
import type { Table } from '../table.js';
import { levelOf } from '../watch/log.js';
import { hasDecoder } from '../warm.js';
import { modelsIn } from './folder.js';

/** A folder of another purpose would fill the log. */
const MOST_WARNINGS = 20;

/** A line of the repository's index, as the protocol's extension has it. */
export interface IndexLine {
  readonly name: string;
  readonly version: string;
  readonly state: string;
  readonly reason: string;
}

/** Which models there are to be served: those that were given, and those of the repository. They are loaded one after the other. */
export class Library {
  private last: Promise<unknown> = Promise.resolve();
  private readonly said = new Set<string>();

  constructor(
    private readonly settings: Settings,
    private readonly table: Table,
  ) {}

  /** Loads everything. @throws what loading throws */
  async loadAll(): Promise<void> {
    const models = await this.models();
    for (const model of models) await this.table.load(model);
    await this.warnOfShortfalls();
  }

  /** All that are there or could be. */
  async index(): Promise<readonly IndexLine[]> {
    const served = this.table.all;
    const more = (await this.modelsNow()).filter(({ name, version = '1' }) => !served.some((one) => one.name === name && one.version === version));
    const lines = served.map(({ name, version, state, reason }) => ({ name, version, state, reason }));
    return [...lines, ...more.map(({ name, version = '1' }) => ({ name, version, state: 'UNAVAILABLE', reason: 'not loaded' }))];
  }

  /** Loads a model, again if it is there; what it is now goes on answering until the new one is ready. @throws Refusal (403, 404, 500) */
  load(name: string): Promise<void> {
    return this.inTurn(async () => {
      const models = (await this.modelsNow()).filter((model) => model.name === name);
      if (models.length === 0) refuse(404, 'model', 'one of the repository', JSON.stringify(name.slice(0, 64)));
      for (const model of models) await this.loadOne(model);
      await this.table.keep(name, models.map(({ version = '1' }) => version));
      await this.warnOfShortfalls();
    });
  }

  /** Takes a model away; resolves when the requests that it has are answered. @throws Refusal (403, 404) */
  unload(name: string): Promise<void> {
    return this.inTurn(async () => {
      this.table.find(name);
      await this.table.unload(name);
      this.tell(200, `model ${name} is unloaded`);
    });
  }

  private async loadOne(model: ServiceModel): Promise<void> {
    const called = `model ${model.name}, version ${model.version ?? '1'}`;
    try {
      await this.table.load(model);
      this.tell(200, `${called} is loaded`);
    } catch (error) {
      this.tell(500, `${called} cannot be loaded: ${error instanceof Error ? error.message : 'it was refused'}`);
      // Where the file lies is nobody's business but the log's.
      const code = error instanceof ReceptiveError ? error.code : 'unknown';
      throw new Refusal(500, failure(called, 'the model cannot be loaded', code, { hint: 'the log of the service says more', cause: error }));
    }
  }

  private tell(status: number, message: string): void {
    this.settings.log({ time: new Date().toISOString(), level: levelOf(status), message });
  }

  /** As `models`, for a client. @throws Refusal (500) for a repository that cannot be read any more: no fault of the client's */
  private async modelsNow(): Promise<readonly ServiceModel[]> {
    try {
      return await this.models();
    } catch (error) {
      this.tell(500, error instanceof Error ? error.message : 'the repository cannot be read');
      throw new Refusal(500, failure('repository', 'the service cannot read it', 'its log says more', { cause: error }));
    }
  }

  private async models(): Promise<readonly ServiceModel[]> {
    const { models, repository, newest } = this.settings;
    const { models: lie, passedOver } = repository === undefined ? { models: [], passedOver: [] } : await modelsIn(repository, newest);
    this.warnOfEach(passedOver.map((what) => `repository: passed over ${what}`));
    return [...models, ...lie.filter(({ name }) => !models.some((model) => model.name === name))];
  }

  /** Says what is wrong with the service as it is: once, however often it is found. */
  private warnOfEach(messages: readonly string[]): void {
    for (const message of messages) {
      if (this.said.has(message) || this.said.size >= MOST_WARNINGS) continue;
      this.said.add(message);
      this.settings.warn(this.said.size < MOST_WARNINGS ? message : 'more is wrong, which is not listed');
    }
  }

  /**
   * What is no error, but mostly a mistake: a missing decoder, without which tensors and BMP are answered alone; vectors that are not paired,
   * though that was wanted.
   */
  private async warnOfShortfalls(): Promise<void> {
    this.warnOfEach(this.table.all.flatMap(({ wideReason }) => (wideReason === undefined ? [] : [`vectors are not paired: ${wideReason}`])));
    const asked = this.table.all.find(({ state, takesPhotos }) => state === 'READY' && takesPhotos);
    if (asked && !this.table.all.some(({ decodes }) => decodes) && !(await hasDecoder())) this.warnOfEach([`model ${asked.name} takes photos, and of them BMP alone can be read: npm install sharp, and start again`]);
  }

  /** One after the other, so that no more than one model is there twice. */
  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (!this.settings.control) return Promise.reject(new Refusal(403, failure('repository', 'models are not loaded or unloaded by clients', 'the service was started so', { hint: 'whoever runs it can allow it' })));
    const done = this.last.then(work, work);
    this.last = done.catch(() => undefined);
    return done;
  }
}
