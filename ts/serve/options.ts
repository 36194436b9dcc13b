import { checkOptions, optionNames } from '../base/options.js';
import { showValue, typeName } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import type { Layer } from '../layers/layer.js';
import type { ModelSource } from '../model/load-options.js';
import { checkWhole } from '../model/load-request.js';
import type { PoolLoadOptions } from '../worker/pool.js';
import { coresHere } from './cores.js';
import { MODEL_NAME, MODEL_NAME_WORDS, MODEL_VERSION, TOKEN_LEAST } from './names.js';
import type { LogLine } from './watch/log.js';

/** A model that is served. */
export interface ServiceModel {
  /** What clients call it: up to 128 letters, digits, `.`, `_` and `-`, the first a letter or a digit. */
  readonly name: string;
  /** A whole number; clients that name none get the highest. Default '1'. */
  readonly version?: string | undefined;
  /** What `load` takes. */
  readonly model: ModelSource | Layer;
  /** As those of `load`. It runs once before it is ready (`warmup`), unless told otherwise. */
  readonly options?: PoolLoadOptions | undefined;
  /** Workers of its own. Default: that of the service. */
  readonly size?: number | undefined;
}

/** What `createService` takes. */
export interface ServiceOptions {
  /** The models, each in workers of its own. */
  readonly models?: readonly ServiceModel[] | undefined;
  /** A folder of models: NAME/VERSION/model.onnx, or model.safetensors. It is read, never written. */
  readonly repository?: string | undefined;
  /** How many versions of a model of the repository are served, the highest, from 1 on. Default 1. */
  readonly newest?: number | undefined;
  /** Whether clients may load and unload models of the repository. Default false. */
  readonly control?: boolean | undefined;
  /** Workers of each model, 1 to 1024. Default: the cores that the process has, of a container those of its quota. */
  readonly size?: number | undefined;
  /**
   * Rows (the first dimension) that are computed together of requests that wait for a model. It is measured at the start whether that is faster, and
   * left where it is not. The bits of an answer may depend on what is beside it. 1 to 1024; 1: never. Default 8. Photos are computed one by one.
   */
  readonly batch?: number | undefined;
  /** Requests that may wait for a model, beside those that are computed, from 0 on. Default 64. */
  readonly maxQueue?: number | undefined;
  /** Milliseconds in which a request is answered, or refused. Default 30,000. */
  readonly timeout?: number | undefined;
  /** Bytes of a body, as it is sent and as what it unpacks to. Default 64 MiB. */
  readonly maxBody?: number | undefined;
  /** Bytes of all bodies that are held at the same time. Default 512 MiB. */
  readonly maxHeld?: number | undefined;
  /** A photo that announces more pixels is refused before it is decoded. Default 50,000,000. */
  readonly maxPixels?: number | undefined;
  /** Milliseconds after which a worker without work is ended; the next request starts it again. Default: never. */
  readonly idleTimeout?: number | undefined;
  /** Who may ask: those who send one of these, of 8 characters at least, as a bearer token. Health is told to everybody. Default: everybody may. */
  readonly tokens?: readonly string[] | undefined;
  /** Requests that each token may make a second, from 1 on; more are refused. Default: no limit. */
  readonly rate?: number | undefined;
  /** Told of every request when it has been answered, of what happens to models, and of what should be mended. Default: of the last the console alone. */
  readonly log?: ((line: LogLine) => void) | undefined;
}

/** The options, whole. */
export interface Settings extends Required<Omit<ServiceOptions, 'repository' | 'idleTimeout' | 'tokens' | 'rate' | 'maxPixels'>> {
  readonly repository: string | undefined;
  readonly idleTimeout: number | undefined;
  readonly maxPixels: number | undefined;
  readonly tokens: readonly string[];
  readonly rate: number | undefined;
  /** Says what whoever runs the service should mend. */
  readonly warn: (message: string) => void;
}

const NAMES = optionNames<ServiceOptions>({
  models: true, repository: true, newest: true, control: 'boolean', size: true, batch: true, maxQueue: true, timeout: true, maxBody: true, maxHeld: true, maxPixels: true,
  idleTimeout: true, tokens: true, rate: true, log: true,
});
const MODEL_NAMES = optionNames<ServiceModel>({ name: true, version: true, model: true, options: true, size: true });

const MiB = 2 ** 20;
const WORKERS = 1024;
const MOST = 2 ** 31 - 1;

/** Everything that a service may be told, checked. @throws ArgumentError */
export function settingsOf(options: ServiceOptions): Settings {
  checkOptions('createService', options, NAMES);
  const { models = [], repository, idleTimeout, maxPixels, tokens = [], rate, control = false, log } = options;
  if (!Array.isArray(models)) wrong('createService: models', 'a list of models', showValue(models));
  models.forEach(checkModel);
  expectDifferent(models);
  if (models.length === 0 && repository === undefined) wrong('createService', 'models or a repository', 'neither', { hint: "write createService({ models: [{ name: 'digits', model: 'model.onnx' }] })" });
  if (repository !== undefined && typeof repository !== 'string') wrong('createService: repository', 'the path of a folder', showValue(repository));
  checkTokens(tokens);
  if (log !== undefined && typeof log !== 'function') wrong('createService: log', 'a function', showValue(log));
  return {
    models, repository, control, tokens,
    log: log ?? (() => undefined),
    warn: log ? (message) => log({ time: new Date().toISOString(), level: 'warn', message }) : (message) => console.warn(`receptive: ${message}`),
    newest: checkWhole('newest', options.newest ?? 1, 1, MOST),
    size: checkWhole('size', options.size ?? coresHere(), 1, WORKERS),
    batch: checkWhole('batch', options.batch ?? 8, 1, 1024),
    maxQueue: checkWhole('maxQueue', options.maxQueue ?? 64, 0, MOST),
    timeout: checkWhole('timeout', options.timeout ?? 30_000, 1, MOST),
    maxBody: checkWhole('maxBody', options.maxBody ?? 64 * MiB, 1, MOST),
    maxHeld: checkWhole('maxHeld', options.maxHeld ?? 512 * MiB, 1, Number.MAX_SAFE_INTEGER),
    maxPixels: maxPixels === undefined ? undefined : checkWhole('maxPixels', maxPixels, 1, MOST),
    idleTimeout: idleTimeout === undefined ? undefined : checkWhole('idleTimeout', idleTimeout, 1, MOST),
    rate: rate === undefined ? undefined : checkWhole('rate', rate, 1, MOST),
  };
}

/** The tokens themselves are in no message. */
function checkTokens(tokens: unknown): void {
  if (!Array.isArray(tokens)) return wrong('createService: tokens', 'a list of texts', showValue(tokens));
  tokens.forEach((token: unknown, i) => {
    if (typeof token === 'string' && token.length >= TOKEN_LEAST) return;
    wrong(`createService: tokens[${i}]`, `a text of at least ${TOKEN_LEAST} characters`, typeof token === 'string' ? `one of ${token.length}` : typeName(token));
  });
}

/** @throws ArgumentError where the second would take the place of the first without a word */
function expectDifferent(models: readonly ServiceModel[]): void {
  const seen = new Set<string>();
  for (const { name, version = '1' } of models) {
    const key = `${name}, version ${version}`;
    if (seen.has(key)) wrong('createService: models', 'another name or version for each', `${key} twice`);
    seen.add(key);
  }
}

function checkModel(model: unknown, i: number): void {
  const place = `createService: models[${i}]`;
  checkOptions(place, model ?? null, MODEL_NAMES);
  const { name, version = '1', model: source, size } = model as ServiceModel;
  if (typeof name !== 'string' || !MODEL_NAME.test(name)) wrong(`${place}.name`, MODEL_NAME_WORDS, showValue(name));
  if (typeof version !== 'string' || !MODEL_VERSION.test(version)) wrong(`${place}.version`, "a whole number as text, like '1'", showValue(version));
  if (source === undefined) wrong(`${place}.model`, 'what load takes', 'undefined');
  if (size !== undefined) checkWhole(`${place}.size`, size, 1, WORKERS);
}
