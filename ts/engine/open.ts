import { ArgumentError, FormatError, WeightsError } from '../errors.js';
import { readSafetensors } from '../formats/safetensors.js';
import type { SafetensorsFile } from '../formats/safetensors.js';
import { sourceOf } from '../formats/stored.js';
import type { TensorSource } from '../formats/stored.js';
import { graphFromData } from '../graph/data.js';
import type { Graph } from '../graph/graph.js';
import type { ClassifyDefaults } from './classify.js';
import { readLocation } from './locate.platform.js';
import { describeModel } from './model-file.js';
import type { ModelDescription } from './model-file.js';
import type { LoadRequest, SentBytes, SentWeights } from './request.js';
import { throwIfAborted } from './response.js';
import type { Progress, Reading } from './response.js';
import { Session } from './session.js';
import { openEngine } from './wasm.js';
import type { DefaultWasm } from './wasm.js';

export interface OpenOptions {
  readonly defaultWasm: DefaultWasm;
  readonly onProgress?: Progress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A model that is ready to run. */
export interface OpenedModel extends ClassifyDefaults {
  readonly session: Session;
  readonly name: string | undefined;
}

/**
 * Reads graph and weights, starts an engine, and compiles a first plan where the input shapes are known, so that what is
 * wrong shows now and the weights are packed when the promise resolves.
 */
export async function openModel(request: LoadRequest, options: OpenOptions): Promise<OpenedModel> {
  const [instance, content] = await both(
    openEngine(request, options.defaultWasm, options.signal),
    readContent(request, options),
  );
  throwIfAborted(options.signal);
  const { graph, weights, described } = content;
  const session = new Session(instance, graph, weights, { algorithm: request.algorithm });
  const shapes = request.inputShapes === undefined ? session.impliedShapes() : session.shapesOf(request.inputShapes);
  if (shapes) session.program(shapes);
  return {
    session,
    name: described?.name,
    labels: request.labels ?? described?.labels,
    preprocess: request.preprocess ?? described?.preprocess,
  };
}

/** Waits for both, so that neither goes on unheard when the other has failed; the first failure is the one thrown. */
async function both<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  const results = await Promise.allSettled([a, b]);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return [await a, await b];
}

interface Content {
  readonly graph: Graph;
  readonly weights: TensorSource;
  readonly described?: ModelDescription;
}

async function readContent({ model, weights }: LoadRequest, options: OpenOptions): Promise<Content> {
  if (model.kind === 'graph') {
    return { graph: graphFromData(model.graph), weights: await readWeights(weights, options) };
  }
  if (weights !== undefined) {
    throw new ArgumentError('weights: expected only with a graph as source, got a file that brings its own', {
      place: 'weights',
      expected: 'a graph as source',
    });
  }
  const { file, place } = await readFile(model, 'a model (safetensors)', options);
  const described = describeModel(file, place);
  return { graph: described.graph, weights: file, described };
}

async function readWeights(weights: SentWeights | undefined, options: OpenOptions): Promise<TensorSource> {
  if (weights === undefined) return sourceOf([]);
  if (weights.kind === 'tensors') return sourceOf(weights.tensors);
  return (await readFile(weights, 'weights (safetensors)', options)).file;
}

async function readFile(
  sent: SentBytes,
  expected: string,
  { onProgress, signal }: OpenOptions,
): Promise<{ file: SafetensorsFile; place: string }> {
  const { bytes, place } = await readBytes(sent, { expected, Failure: WeightsError, onProgress, signal });
  if (bytes.byteLength === 0) {
    throw new FormatError(`${place}: expected ${expected}, got nothing (0 bytes)`, { place, expected, got: '0 bytes' });
  }
  return { file: readSafetensors(bytes, place), place };
}

async function readBytes(sent: SentBytes, reading: Reading): Promise<{ bytes: Uint8Array; place: string }> {
  if (sent.kind === 'bytes') {
    reading.onProgress?.(sent.bytes.byteLength, sent.bytes.byteLength);
    return sent;
  }
  if (sent.kind === 'location') return { bytes: await readLocation(sent.location, reading), place: sent.location };
  const { blob } = sent;
  const place = 'name' in blob && typeof blob.name === 'string' ? blob.name : 'blob';
  const bytes = new Uint8Array(await blob.arrayBuffer());
  reading.onProgress?.(bytes.byteLength, bytes.byteLength);
  return { bytes, place };
}
