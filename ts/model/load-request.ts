import { resolveLocation } from '../bytes/locate.platform.js';
import type { LoadRequest, SentBytes, SentModel, SentWeights } from './request.js';
import { readResponse, throwIfAborted } from '../bytes/response.js';
import type { Reading } from '../bytes/response.js';
import { checkThreads } from '../wasm/threads.js';
import type { SentWasm, SentWasmByVariant } from '../wasm/wasm.js';
import { DtypeError, placed, ReceptiveError, WasmError, WeightsError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import { store } from '../formats/stored.js';
import type { StoredTensor } from '../formats/stored.js';
import { graphToData, isGraphData } from '../graph/to-data.js';
import { isGraph } from '../graph/graph.js';
import { isLayer } from '../layers/layer.js';
import type { Layer } from '../layers/layer.js';
import { toGraph } from '../layers/to-graph.js';
import { SENT_OPTIONS } from './load-options.js';
import type { BytesInput, LoadOptions, ModelSource, SentOptions, WasmInput, WeightsInput } from './load-options.js';
import { bytesOf } from '../tensor/arrays.js';
import { asData, isTensor } from '../tensor/tensor.js';
import { showValue, typeName } from '../base/show.js';

/** How bytes are taken over: as they are (same thread), or as a copy or the original for a worker. */
export type TakeBytes = (bytes: Uint8Array) => Uint8Array;

/**
 * What the caller gave, in a form that can be posted. Paths, URLs and Blobs stay what they are: the other side reads them.
 * A Response cannot be posted, so it is read here, piece by piece as it arrives.
 * @throws ArgumentError for a source or option of another kind
 */
export async function buildRequest(source: ModelSource | Layer, options: LoadOptions, take: TakeBytes): Promise<LoadRequest> {
  const { cache, integrity, externalIntegrity, retries, locations = true, onProgress } = options;
  if (onProgress !== undefined && typeof onProgress !== 'function') refuse('onProgress', 'a function', onProgress);
  throwIfAborted(options.signal);
  return {
    model: await sendModel(source, options, take),
    weights: options.weights === undefined ? undefined : await sendWeights(options.weights, options, take),
    externalData: options.externalData && (await sendFiles(options.externalData, options, take)),
    wasm: options.wasm === undefined ? undefined : await sendWasmOption(options.wasm, options, take),
    fetching: { cache, integrity, externalIntegrity, retries },
    threads: checkThreads(options.threads),
    ...asGiven(options),
    locations,
  };
}

function asGiven(options: LoadOptions): SentOptions {
  return Object.fromEntries(SENT_OPTIONS.map((name) => [name, options[name]]));
}

/** Waiting calls cost memory and time that nobody may be waiting for any more. */
const MAX_QUEUE = 1024;

/** @throws ArgumentError for what is no number of calls */
export function checkMaxQueue(maxQueue: unknown = MAX_QUEUE): number {
  if (typeof maxQueue === 'number' && (maxQueue === Infinity || (Number.isInteger(maxQueue) && maxQueue >= 0))) return maxQueue;
  return refuse('maxQueue', 'a whole number from 0 on, or Infinity', maxQueue);
}

/** Timers wait no longer than this many milliseconds. */
const MAX_WHOLE = 2 ** 31 - 1;

/** @throws ArgumentError for what is no whole number between them */
export function checkWhole(place: string, value: unknown, least: number, most = MAX_WHOLE): number {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return value as number;
  const expected = most === MAX_WHOLE ? `a whole number from ${least} on` : `a whole number from ${least} to ${most}`;
  return refuse(place, expected, value);
}

/** @throws ArgumentError for what is no time in milliseconds */
export function checkIdleTimeout(idleTimeout: unknown): number | undefined {
  return idleTimeout === undefined ? undefined : checkWhole('idleTimeout', idleTimeout, 1);
}

/** What to give where nothing was given. */
const NO_MODEL = "receptive/assets has the address of a classifier that ships; of others give an ONNX or safetensors file";

async function sendModel(source: ModelSource | Layer, options: LoadOptions, take: TakeBytes): Promise<SentModel> {
  const expected = 'a graph, path, URL, bytes, Blob or Response';
  if (isGraph(source) || isGraphData(source)) return { kind: 'graph', graph: graphToData(source) };
  // What layer functions return has the name of its layer; they themselves, and the functions that make networks, have none.
  if (isLayer(source)) return 'layerName' in source ? { kind: 'graph', graph: graphToData(toGraph(source)) } : refuse('source', expected, source);
  const sent = await sendBytes('source', source, reading('a model (ONNX or safetensors)', options), take);
  return sent ?? refuse('source', expected, source, source === undefined || source === null ? NO_MODEL : undefined);
}

async function sendWeights(weights: WeightsInput, options: LoadOptions, take: TakeBytes): Promise<SentWeights> {
  const sent = await sendBytes('weights', weights as BytesInput, reading('weights (safetensors)', options), take);
  if (sent) return sent;
  if (Array.isArray(weights)) return { kind: 'tensors', tensors: weights.map((one: unknown) => sendStored(one, take)) };
  const expected = 'a path, URL, bytes, Blob, Response or an object of tensors';
  if (typeof weights !== 'object' || weights === null || isPromise(weights)) refuse('weights', expected, weights);
  const tensors = Object.entries(weights).map(([name, value]) => sendTensor(name, value, take));
  return { kind: 'tensors', tensors };
}

async function sendFiles(files: Readonly<Record<string, BytesInput>>, options: LoadOptions, take: TakeBytes): Promise<Record<string, SentBytes>> {
  if (typeof files !== 'object' || isPromise(files)) refuse('externalData', 'an object of files by name', files);
  const sent: Record<string, SentBytes> = {};
  for (const [name, file] of Object.entries(files)) {
    const place = `externalData.${name}`;
    sent[name] = (await sendBytes(place, file, reading(place, options), take)) ?? refuse(place, 'a path, URL, bytes, Blob or Response', file);
  }
  return sent;
}

/** A float32 tensor as it is posted. @throws ArgumentError, DtypeError for what is none */
export function sendTensor(name: string, value: unknown, take: TakeBytes): StoredTensor {
  if (!isTensor(value)) refuse(`weights.${name}`, 'a tensor', value);
  const data = value.dtype === 'float32' ? asData(value.data, `weights.${name}`) : undefined;
  if (!(data instanceof Float32Array)) {
    const got = value.dtype === 'float32' ? typeName(value.data) : String(value.dtype);
    wrong(`weights.${name}`, 'float32 (a Float32Array)', got, { as: DtypeError });
  }
  const stored = store(name, { dtype: 'float32', shape: value.shape, data });
  return { ...stored, bytes: take(stored.bytes) };
}

/** What else it has is checked where it is opened. */
function sendStored(one: unknown, take: TakeBytes): StoredTensor {
  const { name, dtype, shape, bytes } = (one ?? {}) as StoredTensor;
  return bytes instanceof Uint8Array ? { name, dtype, shape, bytes: take(bytes) } : refuse('weights', 'stored tensors', one);
}

async function sendBytes(place: string, input: BytesInput, reading: Reading, take: TakeBytes): Promise<SentBytes | undefined> {
  if (typeof input === 'string' || input instanceof URL) return { kind: 'location', location: located(place, input) };
  if (input instanceof Blob) return { kind: 'blob', blob: input };
  if (isResponse(input)) {
    return { kind: 'bytes', bytes: await readResponse(input, reading), place: input.url || 'response' };
  }
  const bytes = bytesOf(input, reading.expected);
  return bytes && { kind: 'bytes', bytes: take(bytes), place: 'bytes' };
}

/** Some environments have no such class, or fail where it is named. */
function isResponse(value: unknown): value is Response {
  return kindOf(value) === 'Response' && value instanceof Response;
}

/** By the name of its class, for what another realm made: a frame, a sandbox. */
function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** An address as the worker will understand it. @throws ArgumentError for a malformed one */
function located(place: string, location: string | URL): string {
  try {
    return resolveLocation(location);
  } catch (cause) {
    if (cause instanceof ReceptiveError) throw placed(cause, place, `${place}: ${cause.message}`);
    const reason = cause instanceof Error ? cause.message : String(cause);
    return refuse(place, `a path, or a URL that can be read here (${reason})`, String(location));
  }
}

function reading(expected: string, { onProgress, signal }: LoadOptions): Reading {
  return { expected, Failure: WeightsError, onProgress, signal };
}

type WasmOption = NonNullable<LoadOptions['wasm']>;

async function sendWasmOption(
  wasm: WasmOption,
  options: LoadOptions,
  take: TakeBytes,
): Promise<SentWasm | SentWasmByVariant> {
  const single = await sendWasm(wasm, options, take);
  if (single !== undefined) return single;
  const expected = 'a path, URL, bytes, Response, WebAssembly.Module, or one of them for each variant';
  if (typeof wasm !== 'object' || wasm === null || Array.isArray(wasm) || isPromise(wasm)) refuse('wasm', expected, wasm);
  const sent: SentWasmByVariant = {};
  for (const [name, value] of Object.entries(wasm as Readonly<Record<string, WasmInput>>)) {
    if (!isWasmName(name)) refuse(`wasm.${name}`, WASM_NAMES.join(', '), name);
    sent[name] = (await sendWasm(value, options, take)) ?? refuse(`wasm.${name}`, expected, value);
  }
  return sent;
}

const WASM_NAMES = ['scalar', 'simd', 'relaxed', 'simd-threads', 'relaxed-threads', 'wide', 'wide-threads'] as const;

function isWasmName(name: string): name is (typeof WASM_NAMES)[number] {
  return (WASM_NAMES as readonly string[]).includes(name);
}

async function sendWasm(wasm: WasmInput, { signal }: LoadOptions, take: TakeBytes): Promise<SentWasm | undefined> {
  if (typeof wasm === 'string' || wasm instanceof URL) return located('wasm', wasm);
  if (wasm instanceof WebAssembly.Module) return wasm;
  if (isResponse(wasm)) return readResponse(wasm, { expected: 'WebAssembly', Failure: WasmError, signal });
  const bytes = bytesOf(wasm, 'wasm');
  return bytes && take(bytes);
}

function isPromise(value: unknown): boolean {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';
}

function refuse(place: string, expected: string, value: unknown, missing?: string): never {
  const call = typeof value === 'function' ? `call it: ${value.name || 'it'}(...)` : undefined;
  const hint = isPromise(value) ? 'await it first' : (call ?? missing);
  wrong(place, expected, showValue(value), { hint });
}
