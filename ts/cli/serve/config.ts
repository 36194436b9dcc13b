import { dirname, resolve } from 'node:path';
import { checkOptions, optionNames } from '../../base/options.js';
import { showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import type { ListenOptions, ServiceModel, ServiceOptions } from '../../entries/serve.js';
import { readBytes } from '../files.js';

/** What a file of the option `--config` may say: nothing that is secret. */
export interface Config extends Omit<ServiceOptions, 'tokens' | 'log'>, ListenOptions {
  /** Milliseconds that requests have to be answered in when the service is to end. */
  readonly grace?: number | undefined;
}

const NAMES = optionNames<Config>({
  models: true, repository: true, newest: true, control: 'boolean', size: true, batch: true, maxQueue: true, timeout: true, maxBody: true, maxHeld: true, maxPixels: true, idleTimeout: true,
  rate: true, port: true, host: true, maxConnections: true, headersTimeout: true, requestTimeout: true, keepAliveTimeout: true, grace: true,
});

const isUrl = (source: unknown): boolean => typeof source === 'string' && /^(https?|file):/.test(source);

/** Reads it; files are named from the folder that it is in. @throws ArgumentError for what is no JSON, and for names that do not exist */
export function readConfig(file: string): Config {
  const text = readBytes('--config', file).toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    return wrong(`--config: ${file}`, 'JSON', cause instanceof Error ? cause.message : 'another', { cause });
  }
  checkOptions(`--config: ${file}`, value ?? null, NAMES);
  const config = value as Config;
  const from = (path: unknown): string => (typeof path === 'string' ? resolve(dirname(file), path) : wrong(`--config: ${file}`, 'the path of a file', showValue(path)));
  const models = config.models?.map((model): ServiceModel => ({ ...model, model: isUrl(model.model) ? model.model : from(model.model) }));
  return { ...config, ...(models && { models }), ...(config.repository !== undefined && { repository: from(config.repository) }) };
}
