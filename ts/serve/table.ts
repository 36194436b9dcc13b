import type { ServiceModel, Settings } from './options.js';
import { refuse } from './refusal.js';
import { Served } from './served.js';

/** The models by name and version. What clients name is looked up here: no name becomes a path or an address. */
export class Table {
  private readonly models = new Map<string, Map<string, Served>>();

  constructor(private readonly settings: Settings) {}

  /** All versions of all models. */
  get all(): readonly Served[] {
    return [...this.models.values()].flatMap((versions) => [...versions.values()]);
  }

  /** Those of one name, the highest version first. */
  versionsOf(name: string): readonly Served[] {
    return [...(this.models.get(name)?.values() ?? [])].sort((a, b) => Number(b.version) - Number(a.version));
  }

  /** @param version - default: the highest that is ready. @throws Refusal (404) for what is not there */
  find(name: string, version?: string): Served {
    const versions = this.versionsOf(name);
    const found = version === undefined ? (versions.find(({ state }) => state === 'READY') ?? versions[0]) : versions.find((one) => one.version === version);
    if (found) return found;
    if (versions.length === 0) return refuse(404, 'model', `one of ${this.names()}`, quoted(name));
    return refuse(404, `version of ${name}`, `one of ${versions.map((one) => one.version).join(', ')}`, quoted(version ?? ''));
  }

  names(): string {
    return [...this.models.keys()].join(', ') || 'none, for no model is loaded';
  }

  /** Loads a model, and then puts it in the place of the one that has its name and version: that one answers the requests it has. @throws what loading throws */
  async load(model: ServiceModel): Promise<Served> {
    const served = new Served(model, this.settings);
    const versions = this.models.get(served.name) ?? new Map<string, Served>();
    const before = versions.get(served.version);
    this.models.set(served.name, versions);
    if (before?.state !== 'READY') versions.set(served.version, served);
    await served.open();
    versions.set(served.version, served);
    void before?.end();
    return served;
  }

  /** Ends the versions of a model that are not among these. */
  async keep(name: string, versions: readonly string[]): Promise<void> {
    const others = this.versionsOf(name).filter(({ version }) => !versions.includes(version));
    for (const { version } of others) this.models.get(name)?.delete(version);
    await Promise.all(others.map((served) => served.end()));
  }

  /** Takes a model away; resolves when the requests that it has are answered. */
  async unload(name: string): Promise<void> {
    await Promise.all(this.versionsOf(name).map((served) => served.end()));
  }
}

/** What a client has sent, short. */
const quoted = (text: string): string => JSON.stringify(text.slice(0, 64));
