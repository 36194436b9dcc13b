import { FormatError, WeightsError } from '../base/errors.js';
import { digestBeside, expectIntegrity } from '../bytes/integrity.js';
import { openFetched } from '../bytes/open.js';
import { checkFetchOptions } from '../bytes/options.js';
import type { FetchOptions } from '../bytes/options.js';
import { isSafetensors } from '../formats/kind.js';
import { readSafetensors } from '../formats/safetensors.js';
import { expectStored, inMemory, sourceOf } from '../formats/stored.js';
import type { ByteSource, TensorSource } from '../formats/stored.js';
import { chooseOutputs } from '../graph/choose-outputs.js';
import { graphFromData, graphToData } from '../ops/data.js';
import type { GraphData } from '../ops/data.js';
import type { Graph } from '../graph/graph.js';
import type { Dim } from '../tensor/shape.js';
import { preprocessSpec } from '../image/spec.js';
import { showValue } from '../base/show.js';
import type { PhotoDefaults } from '../tasks/look.js';
import { taskSpec } from '../tasks/task.js';
import type { TaskSpec } from '../tasks/task.js';
import { expectEnvironment } from '../base/environment.js';
import type { Instance } from '../wasm/instance.js';
import { labelNames } from '../tasks/labels.js';
import { openLocation } from '../bytes/locate.platform.js';
import { safetensorsReader } from './read-safetensors.js';
import type { Content, ModelFile, ModelReader } from './reader.js';
import type { LoadRequest, SentBytes, SentWeights } from './request.js';
import { placeOf, throwIfAborted } from '../bytes/response.js';
import type { Progress, Reading } from '../bytes/response.js';
import type { Runnable } from '../session/runnable.js';
import { checkScores } from '../tasks/scores.js';
import { Session } from '../session/session.js';
import type { Threads, ThreadSupport } from '../wasm/threads.js';
import { openEngine } from '../wasm/wasm.js';
import type { EngineOptions } from '../wasm/wasm.js';
import { wrong } from '../base/wrong.js';

/** Files that were fetched, by their URLs: those that need not be fetched again, and a place for those that are. */
export interface FetchedFiles {
  readonly known: Readonly<Record<string, Uint8Array>>;
  readonly onFetched?: ((url: string, source: ByteSource) => void) | undefined;
}

export interface OpenOptions extends EngineOptions {
  readonly onProgress?: Progress | undefined;
  readonly files?: FetchedFiles | undefined;
  /** For files other than safetensors, which is always read. */
  readonly readers?: readonly ModelReader[] | undefined;
}

/** What applies to one file: of others than the model's own no digest was given. */
interface OpenFile extends OpenOptions {
  readonly fetching?: FetchOptions | undefined;
}

/** A model that is ready to run. */
export interface OpenedModel extends PhotoDefaults {
  readonly session: Runnable;
  /** What computes: photos are made inputs there. */
  readonly instance: Instance;
  readonly name: string | undefined;
  /** What runs, with its outputs; none of an ONNX model. */
  readonly graph: GraphData | undefined;
}

/**
 * Reads the model, starts an engine, and compiles a first plan where the input shapes are known or `warmup` asks for a first run, so that what is wrong shows
 * now and the weights are packed when the promise resolves.
 */
export async function openModel(request: LoadRequest, options: OpenOptions): Promise<OpenedModel> {
  expectEnvironment();
  const { model, weights, preprocess, outputs } = request;
  checkOutputs(outputs);
  const labels = request.labels === undefined ? undefined : labelNames(request.labels);
  const asked: PhotoDefaults = { labels, preprocess, scores: checkScores(request.scores), task: taskSpec(request.task) };
  if (preprocess !== undefined) preprocessSpec(preprocess);
  const opening: OpenFile = { ...options, fetching: checkFetchOptions(request.fetching ?? {}) };
  if (model.kind !== 'graph') return openContent(request, asked, options, readFile(model, request, opening));
  const whole = graphFromData(model.graph);
  const graph = outputs ? chooseOutputs(whole, outputs) : whole;
  const threads = worthwhile(graph, request.threads ?? 'auto', options.threads);
  return openContent(request, asked, { ...options, threads }, readGraph(graph, weights, opening));
}

async function openContent(
  request: LoadRequest,
  asked: PhotoDefaults,
  options: OpenOptions,
  reading: Promise<Content>,
): Promise<OpenedModel> {
  const [instance, content] = await both(openEngine(request, options), reading);
  throwIfAborted(options.signal);
  const { algorithm, optimize } = request;
  const session = content.start(instance, { algorithm, plan: { optimize } });
  if (request.warmup) session.warmup(request.inputShapes);
  else session.prepare(request.inputShapes);
  const { described } = content;
  const task = joinTasks(asked.task, described?.task);
  return {
    session,
    instance,
    name: described?.name,
    graph: described?.graph && graphToData(described.graph),
    labels: asked.labels ?? labelsOf(asked.task) ?? described?.labels ?? labelsOf(task),
    preprocess: asked.preprocess ?? described?.preprocess,
    scores: asked.scores ?? described?.scores,
    task,
  };
}

/** What was asked for, over what the file says of the same task. */
function joinTasks(asked: TaskSpec | undefined, described: TaskSpec | undefined): TaskSpec | undefined {
  if (asked === undefined || described?.kind !== asked.kind) return asked ?? described;
  const said = Object.entries(asked).filter(([, value]) => value !== undefined);
  return { ...described, ...(Object.fromEntries(said) as TaskSpec) } as TaskSpec;
}

function labelsOf(task: TaskSpec | undefined): readonly string[] | undefined {
  return task?.kind === 'classify' || task?.labels === undefined ? undefined : labelNames(task.labels);
}

/** @throws ArgumentError for what is no list of names */
function checkOutputs(outputs: unknown): void {
  if (outputs === undefined || (Array.isArray(outputs) && outputs.length > 0 && outputs.every((name) => typeof name === 'string'))) return;
  const named = Array.isArray(outputs) ? outputs.find((name) => typeof name !== 'string') as unknown : outputs;
  wrong('outputs', 'a list of names', Array.isArray(outputs) && outputs.length === 0 ? 'none' : showValue(named));
}

/** Up to so many parameters and input elements no layer is worth sharing, and helpers take longer to start than they save. */
const SMALL = { params: 1 << 18, inputs: 1 << 14 };

/** Threads as they are, or none for a small graph whose caller leaves the number to us. */
function worthwhile(graph: Graph | undefined, threads: Threads, support: ThreadSupport | undefined): ThreadSupport | undefined {
  if (!graph || !support || threads !== 'auto') return support;
  const total = (shapes: readonly (readonly Dim[])[]): number => shapes.reduce((sum, shape) => sum + sizeOf(shape), 0);
  const params = total(graph.params.map(({ shape }) => shape));
  // An image of the batch: how many there will be is open.
  const inputs = total(graph.inputs.map(({ value }) => (graph.values[value]?.shape ?? []).slice(1)));
  const small = params <= SMALL.params && inputs <= SMALL.inputs;
  return small ? { ...support, obstacle: support.obstacle ?? 'the model is too small for more' } : support;
}

function sizeOf(shape: readonly Dim[]): number {
  return shape.reduce<number>((product, dim) => product * (dim ?? Number.POSITIVE_INFINITY), 1);
}

/** Waits for both, so that neither goes on unheard when the other has failed; the first failure is the one thrown. */
async function both<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  const results = await Promise.allSettled([a, b]);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return [await a, await b];
}

async function readGraph(graph: Graph, weights: SentWeights | undefined, options: OpenFile): Promise<Content> {
  const source = await readWeights(weights, options);
  return { start: (instance, how) => new Session(instance, graph, source, how), described: { graph } };
}

/** @throws ArgumentError for weights beside a file, FormatError for a file that no reader takes */
async function readFile(model: SentBytes, { weights, externalData = {}, outputs }: LoadRequest, options: OpenFile): Promise<Content> {
  if (weights !== undefined) {
    wrong('weights', 'a graph as source', 'a file that brings its own weights');
  }
  const expected = 'a model (ONNX or safetensors)';
  const { source, place } = await openNonEmpty(model, expected, options);
  await refuseForeign(source, 'model', { place, expected });
  const beside = async (location: string): Promise<ByteSource> => {
    const integrity = digestBeside(location, options.fetching?.externalIntegrity);
    const how: OpenFile = { ...options, fetching: { ...options.fetching, integrity } };
    const given = Object.hasOwn(externalData, location) ? externalData[location] : undefined;
    return given ? openGiven(given, location, how) : openBeside(model, location, how);
  };
  const file: ModelFile = { source, place, outputs, beside };
  const reader = options.readers?.find((each) => each.accepts(file)) ?? safetensorsReader;
  return reader.read(file);
}

/** @throws FormatError for a file of another tool, with the line that makes of it what is read here */
async function refuseForeign(source: ByteSource, use: 'model' | 'weights', where: { place: string; expected: string }): Promise<void> {
  if (isSafetensors(source)) return;
  // Inline the table lies with the ONNX reader: where that is not served, what follows says less of what is wrong.
  const table = await import('../formats/foreign.js').catch(() => undefined);
  const foreign = table?.foreignFormat(source, use);
  if (!foreign) return;
  wrong(where.place, where.expected, foreign.got, { as: FormatError, hint: foreign.hint });
}

/** A file with weights beside the model. @throws FormatError for one that is elsewhere, WeightsError if it is missing */
async function openBeside(model: SentBytes, location: string, options: OpenFile): Promise<ByteSource> {
  const expected = `${location}, the weights beside the model`;
  if (/^([a-z]+:|[\\/])|(^|[\\/])\.\.([\\/]|$)/i.test(location)) {
    wrong(location, 'weights beside the model', 'a file elsewhere', { as: FormatError });
  }
  if (model.kind !== 'location') {
    const hint = 'give it by the option externalData, or the model as a path or URL';
    wrong(location, 'this file, in which the model keeps weights', 'none', { as: WeightsError, hint });
  }
  const beside = placeBeside(model.location, location);
  const { onProgress, signal } = options;
  return openAt(beside, { expected, Failure: WeightsError, onProgress, signal }, options);
}

/** In a URL the name is encoded: what it says is a name then, never a way out of the folder as `%2e%2e` would be. */
function placeBeside(model: string, location: string): string {
  if (!/^(https?|file):/i.test(model)) return model.replace(/[^\\/]*$/, '') + location;
  return new URL('.', model).href + location.split(/[\\/]/).map(encodeURIComponent).join('/');
}

async function openGiven(sent: SentBytes, location: string, options: OpenFile): Promise<ByteSource> {
  return (await openNonEmpty(sent, `${location}, weights of the model`, options)).source;
}

async function readWeights(weights: SentWeights | undefined, options: OpenFile): Promise<TensorSource> {
  if (weights === undefined) return sourceOf([]);
  if (weights.kind === 'tensors') return sourceOf(weights.tensors.map((one) => expectStored('weights', one)));
  const expected = 'weights (safetensors)';
  const { source, place } = await openNonEmpty(weights, expected, options);
  await refuseForeign(source, 'weights', { place, expected });
  return readSafetensors(source, place);
}

async function openNonEmpty(
  sent: SentBytes,
  expected: string,
  options: OpenFile,
): Promise<{ source: ByteSource; place: string }> {
  const { onProgress, signal } = options;
  const { source, place } = await openBytes(sent, { expected, Failure: WeightsError, onProgress, signal }, options);
  if (source.byteLength > 0) return { source, place };
  wrong(place, expected, 'nothing (0 bytes)', { as: FormatError });
}

async function openBytes(sent: SentBytes, reading: Reading, options: OpenFile): Promise<{ source: ByteSource; place: string }> {
  if (sent.kind === 'location') return { source: await openAt(sent.location, reading, options), place: placeOf(sent.location) };
  const { bytes, place } = sent.kind === 'bytes' ? sent : await bytesOf(sent.blob);
  reading.onProgress?.(bytes.byteLength, bytes.byteLength);
  const source = inMemory(bytes);
  await expectIntegrity(source, place, options.fetching?.integrity);
  return { source, place };
}

async function bytesOf(blob: Blob): Promise<{ bytes: Uint8Array; place: string }> {
  const place = 'name' in blob && typeof blob.name === 'string' ? blob.name : 'blob';
  return { bytes: new Uint8Array(await blob.arrayBuffer()), place };
}

async function openAt(location: string, reading: Reading, { fetching = {}, files }: OpenFile): Promise<ByteSource> {
  if (!/^https?:/i.test(location)) {
    const source = await openLocation(location, reading);
    await expectIntegrity(source, placeOf(location), fetching.integrity);
    return source;
  }
  const known = files && Object.hasOwn(files.known, location) ? files.known[location] : undefined;
  if (known) return inMemory(known);
  const source = await openFetched(location, reading, fetching);
  files?.onFetched?.(location, source);
  return source;
}
