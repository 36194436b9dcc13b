/**
 * Networks that learn, on the calling thread: for Node scripts, workers of your own, and examples. A step blocks until it is done.
 * @module receptive/train/inline
 */
import { compileAt } from '../bytes/locate.platform.js';
import { WasmError } from '../base/errors.js';
import { optionNames } from '../base/options.js';
import type { Graph } from '../graph/graph.js';
import { isGraph } from '../graph/graph.js';
import type { Layer } from '../layers/index.js';
import { toGraph } from '../layers/index.js';
import { backboneOf } from '../train/backbone.js';
import type { Backbone, BackboneOptions } from '../train/backbone.js';
import type { TrainEngine } from '../train/engine.js';
import { chooseTrainVariant, shippedTrainWasm } from '../train/files.js';
import { checkGradCam, gradCamOf } from '../train/grad-cam.js';
import type { GradCam, GradCamRequest } from '../train/grad-cam.js';
import { checkTrainerOptions } from '../train/setup.js';
import type { TrainerOptions } from '../train/setup.js';
import { Trainer } from '../train/trainer.js';
import type { OpenModel } from '../train/trainer.js';
import { checkVjpRequest, vjpOn } from '../train/vjp.js';
import type { Vjp, VjpRequest } from '../train/vjp.js';
import { startTrainEngine } from '../train/wasm.js';
import type { Variant } from '../wasm/variant.js';

/** A trainer's options, and what runs it. */
export interface CreateTrainerOptions extends TrainerOptions {
  /** How the kernels are compiled: 'auto' takes the fastest that runs here. */
  readonly variant?: Variant | 'auto' | undefined;
}

const OWN = optionNames<Pick<CreateTrainerOptions, 'variant'>>({ variant: true });

/**
 * Makes a network learn. Parameters begin as PyTorch's layers do, by `seed`, unless `weights` or `resume` give them.
 * @param network - a layer, or a graph of the layer functions
 * @throws UnsupportedError naming a layer that has no gradient; ArgumentError, WeightsError, FormatError for options that do not fit;
 * WasmError where the engine cannot be started
 */
export async function createTrainer(network: Layer | Graph, options: CreateTrainerOptions): Promise<Trainer> {
  checkTrainerOptions(options, OWN);
  const { variant, ...rest } = options;
  return new Trainer(await startEngine(variant), graphOf(network), rest, openModel);
}

/** What a vector-Jacobian product is taken of, and what computes it. */
export interface VjpOptions extends VjpRequest {
  /** How the kernels are compiled: 'auto' takes the fastest that runs here. */
  readonly variant?: Variant | 'auto' | undefined;
}

/**
 * Runs a network, and takes the gradients of its outputs back to its inputs and parameters: a vector-Jacobian product.
 * @throws UnsupportedError naming a layer that has no gradient; ArgumentError, DtypeError, ShapeError for tensors that are missing or do not
 * fit; WeightsError for a parameter that is missing; WasmError where the engine cannot be started
 */
export async function vjp(network: Layer | Graph, options: VjpOptions): Promise<Vjp> {
  checkVjpRequest(options, OWN);
  const { variant, ...request } = options;
  return vjpOn(await startEngine(variant), graphOf(network), request);
}

/** What a heat map is of, and what computes it. */
export interface GradCamOptions extends GradCamRequest {
  /** How the kernels are compiled: 'auto' takes the fastest that runs here. */
  readonly variant?: Variant | 'auto' | undefined;
}

/**
 * Grad-CAM (Selvaraju et al. 2016, arXiv 1610.02391): which parts of an image speak for a class, as a map as large as those of a layer.
 * @throws ArgumentError for options; GraphError for a layer that there is not; UnsupportedError where there are no maps before scores of
 * classes, or a layer has no gradient; WeightsError; what `load` throws
 */
export async function gradCam(network: Layer | Graph, options: GradCamOptions): Promise<GradCam> {
  checkGradCam(options, OWN);
  const { variant, ...request } = options;
  return gradCamOf(graphOf(network), request, { open: openModel, vjp: async (graph, asked) => vjpOn(await startEngine(variant), graph, asked) });
}

/**
 * Cuts a network before its first parameter that learns: what is frozen computes the features of each example once, as a model of
 * inference; the head learns from them.
 * @throws ArgumentError for options; WeightsError for weights of the frozen part that are missing; UnsupportedError where more than one
 * value goes from it to what learns; what `load` throws
 */
export async function splitBackbone(network: Layer | Graph, options: BackboneOptions): Promise<Backbone> {
  return backboneOf(graphOf(network), options, openModel);
}

const graphOf = (network: Layer | Graph): Graph => (isGraph(network) ? network : toGraph(network));

async function startEngine(variant: CreateTrainerOptions['variant']): Promise<TrainEngine> {
  return startTrainEngine(await compileAt(shippedTrainWasm(chooseTrainVariant(variant)), { expected: 'WebAssembly', Failure: WasmError }));
}

/** Inference is a script of its own, which a page may have already. */
const openModel: OpenModel = async (graph, options) => (await import('./inline.js')).load(graph, options);

export { Trainer } from '../train/trainer.js';
export type { TrainCallOptions } from '../train/trainer.js';
export * from './public/train.js';
