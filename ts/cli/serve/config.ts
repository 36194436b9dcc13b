import { dirname, resolve } from 'node:path';
import { checkOptions, optionNames } from '../../base/options.js';
import type { KnownOptions } from '../../base/options.js';
import { showValue, typeName } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import type { ListenOptions, ServiceModel, ServiceOptions } from '../../entries/serve.js';
import { MODEL_NAME, MODEL_NAME_WORDS, MODEL_VERSION } from '../../serve/names.js';
import { readBytes } from '../files.js';
import { sourceNamed } from './models.js';

/** What a file of the option `--config` may say: nothing that is secret. */
export interface Config extends Omit<ServiceOptions, 'tokens' | 'log'>, ListenOptions {
  /** Milliseconds that requests have to be answered in when the service is to end. */
  readonly grace?: number | undefined;
}

const NAMES = optionNames<Config>({
  models: true, repository: true, newest: true, control: 'boolean', size: true, batch: true, maxQueue: true, timeout: true, maxBody: true, maxHeld: true, maxPixels: true, idleTimeout: true,
  rate: true, port: true, host: true, maxConnections: true, headersTimeout: true, requestTimeout: true, keepAliveTimeout: true, grace: true,
});
const MODEL_NAMES = optionNames<ServiceModel>({ name: true, version: true, model: true, options: true, size: true });

/** Which may be 0. */
const FROM_0: readonly string[] = ['maxQueue', 'port', 'grace'];

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads it, whole, before anything is loaded; files are named from the folder that it is in.
 * @throws ArgumentError for what is no JSON, and for keys and values that have no meaning, naming the key
 */
export function readConfig(file: string): Config {
  const place = `--config: ${file}`;
  const config = fieldsOf(place, parsed(place, file), NAMES);
  const folder = dirname(file);
  for (const key of Object.keys(config)) if (!['models', 'repository', 'control', 'host'].includes(key)) expectWhole(`${place}: ${key}`, config[key], FROM_0.includes(key) ? 0 : 1, key === 'port' ? 65_535 : undefined);
  if (config['host'] !== undefined) text(`${place}: host`, config['host'], 'an address');
  const { models, repository } = config;
  return {
    ...(config as Config),
    ...(models !== undefined && { models: modelsOf(`${place}: models`, models, folder) }),
    ...(repository !== undefined && { repository: resolve(folder, text(`${place}: repository`, repository, 'the path of a folder')) }),
  };
}

function parsed(place: string, file: string): unknown {
  const bytes = readBytes('--config', file).toString('utf8');
  try {
    return JSON.parse(bytes) as unknown;
  } catch (cause) {
    return wrong(place, 'JSON', cause instanceof Error ? cause.message : 'another', { cause });
  }
}

function fieldsOf(place: string, value: unknown, names: KnownOptions): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) wrong(place, 'an object: {"key": value}', Array.isArray(value) ? 'a list' : showValue(value));
  if (Object.hasOwn(value, 'tokens') && !('tokens' in names)) wrong(`${place}: tokens`, 'nothing that is secret', 'tokens', { hint: 'name an environment variable that has them by --token-env' });
  checkOptions(place, value, names);
  return value as Fields;
}

function modelsOf(place: string, models: unknown, folder: string): readonly ServiceModel[] {
  const like = '[{"name": "digits", "model": "digits.onnx"}]';
  if (!Array.isArray(models)) return wrong(place, `a list of models, ${like}`, typeof models === 'object' ? 'an object' : showValue(models));
  return models.map((model, i) => modelOf(`${place}[${i}]`, model, folder));
}

function modelOf(place: string, value: unknown, folder: string): ServiceModel {
  const model = fieldsOf(place, value, MODEL_NAMES);
  const name = text(`${place}.name`, model['name'], MODEL_NAME_WORDS, MODEL_NAME);
  const source = text(`${place}.model`, model['model'], 'the path of a file, its address, or the name of a net that ships');
  if (model['version'] !== undefined) text(`${place}.version`, model['version'], 'a whole number from 1 on, as text: "2"', MODEL_VERSION);
  if (model['size'] !== undefined) expectWhole(`${place}.size`, model['size'], 1);
  const { options } = model;
  if (options !== undefined && (typeof options !== 'object' || Array.isArray(options))) wrong(`${place}.options`, 'an object: options of load', typeof options === 'object' ? 'a list' : showValue(options));
  return { ...(model as unknown as ServiceModel), name, model: sourceNamed(source, folder, `${place}.model`) };
}

function text(place: string, value: unknown, expected: string, pattern = /./): string {
  if (typeof value === 'string' && pattern.test(value)) return value;
  return wrong(place, expected, typeof value === 'object' ? typeName(value) : showValue(value));
}

function expectWhole(place: string, value: unknown, least: number, most?: number): void {
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= (most ?? Infinity)) return;
  wrong(place, `a whole number from ${least} ${most === undefined ? 'on' : `to ${most}`}`, showValue(value));
}
