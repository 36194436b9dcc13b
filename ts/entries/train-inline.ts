/**
 * Networks that learn, on the calling thread: for Node scripts, workers of your own, and examples. A step blocks until it is done.
 * @module receptive/train/inline
 */
import { compileAt } from '../bytes/locate.platform.js';
import { WasmError } from '../base/errors.js';
import type { Graph } from '../graph/graph.js';
import { isGraph } from '../graph/graph.js';
import type { Layer } from '../layers/index.js';
import { toGraph } from '../layers/index.js';
import { chooseTrainVariant, shippedTrainWasm } from '../train/files.js';
import { checkTrainerOptions, Trainer } from '../train/trainer.js';
import type { TrainerOptions } from '../train/trainer.js';
import { startTrainEngine } from '../train/wasm.js';
import type { Variant } from '../wasm/variant.js';

/** A trainer's options, and what runs it. */
export interface CreateTrainerOptions extends TrainerOptions {
  /** How the kernels are compiled: 'auto' takes the fastest that runs here. */
  readonly variant?: Variant | 'auto' | undefined;
}

/**
 * Makes a network learn. Parameters begin as PyTorch's layers do, by `seed`, unless `weights` or `resume` give them.
 * @param network - a layer, or a graph of the layer functions
 * @throws UnsupportedError naming a layer that has no gradient; ArgumentError, WeightsError, FormatError for options that do not fit;
 * WasmError where the engine cannot be started
 */
export async function createTrainer(network: Layer | Graph, { variant, ...options }: CreateTrainerOptions): Promise<Trainer> {
  checkTrainerOptions(options);
  const graph = isGraph(network) ? network : toGraph(network);
  const module = await compileAt(shippedTrainWasm(chooseTrainVariant(variant)), { expected: 'WebAssembly', Failure: WasmError });
  return new Trainer(startTrainEngine(module), graph, options);
}

export { Trainer } from '../train/trainer.js';
export * from './public/train.js';
