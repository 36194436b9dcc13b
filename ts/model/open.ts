import { checkFetchOptions } from '../bytes/options.js';
import { readSafetensors } from '../formats/safetensors.js';
import { expectStored, sourceOf } from '../formats/stored.js';
import type { TensorSource } from '../formats/stored.js';
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
import { openFile, openNonEmpty, refuseForeign } from './open-file.js';
import type { FetchedFiles, OpenFile } from './open-file.js';
import { safetensorsReader } from './read-safetensors.js';
import type { Content, ModelReader } from './reader.js';
import type { LoadRequest, SentBytes, SentWeights } from './request.js';
import { throwIfAborted } from '../bytes/response.js';
import type { Progress } from '../bytes/response.js';
import type { Runnable } from '../session/runnable.js';
import { checkScores } from '../tasks/scores.js';
import { Session } from '../session/session.js';
import type { Threads, ThreadSupport } from '../wasm/threads.js';
import { openEngine } from '../wasm/wasm.js';
import type { EngineOptions } from '../wasm/wasm.js';
import { wrong } from '../base/wrong.js';

export interface OpenOptions extends EngineOptions {
  readonly onProgress?: Progress | undefined;
  readonly files?: FetchedFiles | undefined;
  /** For files other than safetensors, which is always read. */
  readonly readers?: readonly ModelReader[] | undefined;
}

/** How a model's files are opened, and who reads them. */
type OpenModel = OpenFile & Pick<OpenOptions, 'readers'>;

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
  const opening: OpenModel = { ...options, fetching: checkFetchOptions(request.fetching ?? {}) };
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

async function readGraph(graph: Graph, weights: SentWeights | undefined, options: OpenModel): Promise<Content> {
  const source = await readWeights(weights, options);
  return { start: (instance, how) => new Session(instance, graph, source, how), described: { graph } };
}

/** @throws ArgumentError for weights beside a file, FormatError for a file that no reader takes */
async function readFile(model: SentBytes, { weights, externalData, outputs }: LoadRequest, options: OpenModel): Promise<Content> {
  if (weights !== undefined) {
    wrong('weights', 'a graph as source', 'a file that brings its own weights');
  }
  const file = await openFile(model, { externalData, outputs }, options);
  const reader = options.readers?.find((each) => each.accepts(file)) ?? safetensorsReader;
  return reader.read(file);
}

async function readWeights(weights: SentWeights | undefined, options: OpenModel): Promise<TensorSource> {
  if (weights === undefined) return sourceOf([]);
  if (weights.kind === 'tensors') return sourceOf(weights.tensors.map((one) => expectStored('weights', one)));
  const expected = 'weights (safetensors)';
  const { source, place } = await openNonEmpty(weights, expected, options);
  await refuseForeign(source, 'weights', { place, expected });
  return readSafetensors(source, place);
}
