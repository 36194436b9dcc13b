import { transfer } from 'comlink';
import { throwIfAborted } from '../../bytes/response.js';
import { checkOptions, optionNames } from '../../base/options.js';
import type { PlatformAbortSignal, PlatformURL, PlatformWorker } from '../../base/globals.js';
import { VERSION } from '../../base/version.js';
import { isGraph } from '../../graph/graph.js';
import type { Graph } from '../../graph/graph.js';
import { graphToData } from '../../graph/to-data.js';
import { toGraph } from '../../layers/index.js';
import type { Layer } from '../../layers/index.js';
import { TRAINER_OPTIONS } from '../../train/trainer.js';
import type { TrainerOptions } from '../../train/trainer.js';
import { checkThreads } from '../../wasm/threads.js';
import type { Variant } from '../../wasm/variant.js';
import { Connection } from '../connection.js';
import { checkWorker, givenWorker } from '../given.js';
import { expectSameVersion } from '../versions.js';
import type { TrainApi } from './protocol.js';
import { buffersOf, toSent } from './sent.js';
import { spawnTrainer } from './spawn.platform.js';
import { Trainer } from './trainer.js';

/** Where the script of a training worker is, or what makes the worker: `train-worker.js` of this package, or what a bundler made of it. */
export type TrainWorkerInput = string | PlatformURL | (() => string | PlatformURL | PlatformWorker);

/** A trainer's options, and what runs it. */
export interface CreateTrainerOptions extends TrainerOptions {
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

const OWN = optionNames<Omit<CreateTrainerOptions, keyof TrainerOptions>>({ variant: true, threads: true, worker: true, signal: true });
const WORDS = { holds: 'the trainer', again: 'make the trainer anew, from the last checkpoint', fewer: 'make it with threads: 1' };

/**
 * Makes a network learn, in a worker of its own: nothing blocks the page. Parameters begin as PyTorch's layers do, by `seed`, unless
 * `weights` or `resume` give them.
 * @param network - a layer, or a graph of the layer functions
 * @throws UnsupportedError naming a layer that has no gradient; ArgumentError, WeightsError, FormatError for options that do not fit;
 * WasmError for the engine, WorkerError for the worker; AbortedError
 */
export async function createTrainer(network: Layer | Graph, options: CreateTrainerOptions): Promise<Trainer> {
  checkOptions('createTrainer', options, { ...TRAINER_OPTIONS, ...OWN });
  checkThreads(options.threads);
  checkWorker(options.worker, 'train-worker.js');
  throwIfAborted(options.signal);
  const { variant, threads, worker, signal, ...rest } = options;
  const graph = isGraph(network) ? network : toGraph(network);
  const sent = toSent(graph, rest);
  const spawned = spawnTrainer(worker === undefined ? undefined : givenWorker(worker, undefined as never));
  const connection = new Connection<TrainApi>(spawned, { words: WORDS });
  connection.hold(true);
  try {
    const request = { version: VERSION, graph: graphToData(graph), options: sent, variant, threads };
    const reply = await connection.call((api) => api.create(transfer(request, buffersOf(sent))), signal);
    expectSameVersion(VERSION, reply.version);
    return new Trainer(connection, graph, rest.optimizer.lr, reply);
  } catch (error) {
    void connection.dispose();
    throw error;
  } finally {
    connection.hold(false);
  }
}
