import { ReceptiveError, WorkerError } from '../../base/errors.js';
import { mismatch } from '../../base/wrong.js';
import { throwIfAborted } from '../../bytes/response.js';
import { optionNames } from '../../base/options.js';
import type { PlatformAbortSignal, PlatformURL, PlatformWorker } from '../../base/globals.js';
import { VERSION } from '../../base/version.js';
import { isGraph } from '../../graph/graph.js';
import type { Graph } from '../../graph/graph.js';
import { graphToData } from '../../graph/to-data.js';
import { toGraph } from '../../layers/index.js';
import type { Layer } from '../../layers/index.js';
import { backboneOf } from '../../train/backbone.js';
import type { Backbone, BackboneOptions } from '../../train/backbone.js';
import { checkGradCam, gradCamOf } from '../../train/grad-cam.js';
import type { GradCam, GradCamRequest } from '../../train/grad-cam.js';
import { checkTrainerOptions } from '../../train/setup.js';
import type { TrainerOptions } from '../../train/setup.js';
import { checkVjpRequest } from '../../train/vjp.js';
import type { Vjp, VjpRequest } from '../../train/vjp.js';
import { checkThreads } from '../../wasm/threads.js';
import type { Variant } from '../../wasm/variant.js';
import { Connection } from '../connection.js';
import { checkWorker, givenWorker } from '../given.js';
import { load } from '../load.js';
import { expectSameVersion } from '../versions.js';
import type { TrainApi } from './protocol.js';
import { toSent } from './sent.js';
import { copied } from './post.js';
import { spawnTrainer } from './spawn.platform.js';
import { Trainer } from './trainer.js';

/** Where the script of a training worker is, or what makes the worker: `train-worker.js` of this package, or what a bundler made of it. */
export type TrainWorkerInput = string | PlatformURL | (() => string | PlatformURL | PlatformWorker);

/** What computes, and how. */
export interface TrainWorkerOptions {
  /** How the kernels are compiled: 'auto' takes the fastest that runs here. */
  readonly variant?: Variant | 'auto' | undefined;
  /**
   * Threads that compute. Default 'auto': as many as the machine has, up to four. In browsers more than one needs a page that is
   * cross-origin isolated; where they cannot be had it is one, and the trainer's `threadsReason` says why. The bits do not depend on it.
   */
  readonly threads?: number | 'auto' | undefined;
  /** The worker's script, or what makes the worker, in place of the one beside this script; see the option `worker` of `load`. */
  readonly worker?: TrainWorkerInput | undefined;
  /** Aborts the making of the trainer: it rejects with an AbortedError at once. */
  readonly signal?: PlatformAbortSignal | undefined;
}

/** A trainer's options, and what runs it. */
export interface CreateTrainerOptions extends TrainerOptions, TrainWorkerOptions {}

/** What a vector-Jacobian product is taken of, and what computes it. */
export interface VjpOptions extends VjpRequest, TrainWorkerOptions {}

const OWN = optionNames<TrainWorkerOptions>({ variant: true, threads: true, worker: true, signal: true });
const WORDS = { holds: 'the trainer', again: 'make the trainer anew, from the last checkpoint', fewer: 'make it with threads: 1' };

/**
 * Makes a network learn, in a worker of its own: nothing blocks the page. Parameters begin as PyTorch's layers do, by `seed`, unless
 * `weights` or `resume` give them.
 * @param network - a layer, or a graph of the layer functions
 * @throws UnsupportedError naming a layer that has no gradient; ArgumentError, WeightsError, FormatError for options that do not fit;
 * WasmError for the engine, WorkerError for the worker; AbortedError
 */
export async function createTrainer(network: Layer | Graph, options: CreateTrainerOptions): Promise<Trainer> {
  checkTrainerOptions(options, OWN);
  const { variant, threads, worker, signal, ...rest } = options;
  const graph = graphOf(network);
  // Before the worker starts: functions of the caller's may throw.
  const sent = toSent(graph, rest);
  const connection = connect({ threads, worker, signal });
  connection.hold(true);
  try {
    const request = { version: VERSION, graph: graphToData(graph), options: sent, variant, threads };
    const reply = await connection.call((api) => api.create(request), signal);
    expectSameVersion(VERSION, reply.version);
    return new Trainer(connection, graph, rest.optimizer.lr, reply);
  } catch (error) {
    void connection.dispose();
    throw error instanceof ReceptiveError ? error : notOfTraining(error);
  } finally {
    connection.hold(false);
  }
}

/** A worker of another kind answers, but does not know what it is asked. */
function notOfTraining(cause: unknown): WorkerError {
  const [expected, hint] = ['a worker of training', 'the option worker names train-worker.js'];
  return mismatch('worker', expected, 'another', { as: WorkerError, hint, cause });
}

/**
 * Runs a network in a worker, and takes the gradients of its outputs back to its inputs and parameters: a vector-Jacobian product.
 * @throws UnsupportedError naming a layer that has no gradient; ArgumentError, DtypeError, ShapeError for tensors that are missing or do not
 * fit; WeightsError for a parameter that is missing; WasmError for the engine, WorkerError for the worker; AbortedError
 */
export async function vjp(network: Layer | Graph, options: VjpOptions): Promise<Vjp> {
  checkVjpRequest(options, OWN);
  const { variant, threads, worker, signal, ...request } = options;
  const graph = graphToData(graphOf(network));
  const connection = connect({ threads, worker, signal });
  try {
    connection.hold(true);
    return await connection.call((api) => api.vjp({ version: VERSION, graph, request: copied(request), variant, threads }), signal);
  } finally {
    void connection.dispose();
  }
}

/** What a heat map is of, and what computes it. */
export interface GradCamOptions extends GradCamRequest, TrainWorkerOptions {}

/**
 * Grad-CAM (Selvaraju et al. 2016, arXiv 1610.02391): which parts of an image speak for a class, as a map as large as those of a layer. Maps and
 * gradients are computed in workers.
 * @throws ArgumentError for options; GraphError for a layer that there is not; UnsupportedError where there are no maps before scores of
 * classes, or a layer has no gradient; WeightsError; what `load` and `vjp` throw
 */
export async function gradCam(network: Layer | Graph, options: GradCamOptions): Promise<GradCam> {
  checkGradCam(options, OWN);
  const { variant, threads, worker, signal, ...request } = options;
  return gradCamOf(graphOf(network), request, { open: load, vjp: (graph, asked) => vjp(graph, { ...asked, variant, threads, worker, signal }) });
}

/**
 * Cuts a network before its first parameter that learns: what is frozen computes the features of each example once, as a model of
 * inference in a worker of its own; the head learns from them.
 * @throws ArgumentError for options; WeightsError for weights of the frozen part that are missing; UnsupportedError where more than one
 * value goes from it to what learns; what `load` throws
 */
export async function splitBackbone(network: Layer | Graph, options: BackboneOptions): Promise<Backbone> {
  return backboneOf(graphOf(network), options, load);
}

const graphOf = (network: Layer | Graph): Graph => (isGraph(network) ? network : toGraph(network));

/** @throws ArgumentError for an option; AbortedError; WorkerError where the worker cannot be started */
function connect({ threads, worker, signal }: TrainWorkerOptions): Connection<TrainApi> {
  checkThreads(threads);
  checkWorker(worker, 'train-worker.js');
  throwIfAborted(signal);
  return new Connection<TrainApi>(spawnTrainer(worker === undefined ? undefined : givenWorker(worker, undefined)), { words: WORDS });
}
