import type { PlatformAbortSignal } from '../base/globals.js';
import { checkOptions, optionNames } from '../base/options.js';
import { typeName } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import { WeightsError } from '../base/errors.js';
import { throwIfAborted } from '../bytes/response.js';
import type { StoredTensor } from '../formats/stored.js';
import type { Graph } from '../graph/graph.js';
import type { LoadOptions } from '../model/load-options.js';
import type { AnyTensor, Tensor } from '../tensor/tensor.js';
import { epoch } from './data/batches.js';
import { expectTensors } from './data/checks.js';
import type { Batch as DataBatch, Dataset, DatasetStream } from './data/dataset.js';
import { joined } from './data/joined.js';
import { StoredDataset } from './data/stored.js';
import { FEATURES, halvesOf } from './frontier.js';
import { Pauses } from './pause.js';
import { learns } from './session.js';
import { Batches } from './waiting.js';
import { numbersIn, tensorsIn } from './weights.js';
import type { WeightsGiven } from './weights.js';

/** What a network is cut into two by. */
export interface BackboneOptions {
  /** Weights of what is frozen, and of what learns where it has some, as `createTrainer` takes them. */
  readonly weights: WeightsGiven;
  /** Which parameters are to learn. */
  readonly trainable: (name: string) => boolean;
}

/** How features are computed. */
export interface FeaturesOptions {
  /** Examples at once, from 1 on. Default 32. */
  readonly batchSize?: number | undefined;
  /** Ends it: between two batches, and while a batch is waited for. */
  readonly signal?: PlatformAbortSignal | undefined;
}

/** A model of inference, here or in a worker. */
export interface FeatureModel {
  run(inputs: Tensor): Readonly<Record<string, AnyTensor>> | Promise<Readonly<Record<string, AnyTensor>>>;
  dispose(): void | Promise<void>;
}

/** Opens a graph for inference. */
export type OpenFeatures = (graph: Graph, options: LoadOptions) => Promise<FeatureModel>;

const BACKBONE = optionNames<BackboneOptions>({ weights: true, trainable: true });
const FEATURE_OPTIONS = optionNames<FeaturesOptions>({ batchSize: true, signal: true });

/**
 * A network whose first layers are frozen: they run as a model of inference, folded and packed, once for each example; what is learned
 * is a network of its own, which takes their features.
 */
export class Backbone {
  /** Made by `splitBackbone`. @internal */
  constructor(
    /** What learns: a network from `features` to the outputs. */
    readonly head: Graph,
    /** Weights that were given for it: for `createTrainer`, with `partial: true` where some are to begin anew. */
    readonly headWeights: readonly StoredTensor[],
    private readonly weights: readonly StoredTensor[],
    private readonly model: FeatureModel,
  ) {}

  /**
   * A data set of the features of another one, in memory: as many numbers for each example as the head takes.
   * @throws ArgumentError for an option or empty data; AbortedError; what a model throws for examples that it does not take
   */
  async features(dataset: Dataset | DatasetStream, options: FeaturesOptions = {}): Promise<Dataset<DataBatch>> {
    checkOptions('features', options, FEATURE_OPTIONS);
    const { batchSize = 32, signal } = options;
    throwIfAborted(signal);
    const pauses = new Pauses();
    const batches: DataBatch[] = [];
    const source = new Batches(epoch(dataset, { batchSize }), { signal });
    try {
      for (let item = await source.read(); !item.done; item = await source.read()) {
        const { x, y } = expectTensors('features', item.value);
        batches.push({ x: (await pauses.after(this.model.run(x)))[FEATURES] as Tensor, y });
        throwIfAborted(signal);
      }
    } finally {
      await source.leave();
    }
    const { x, y } = joined(batches);
    return new StoredDataset({
      data: x.data, shape: x.shape.slice(1), targets: { data: y.data, shape: y.shape.slice(1) }, classes: dataset.classes, normal: PLAIN,
    });
  }

  /** The weights of the whole network: what was frozen, and the head's as they were learned. */
  join(head: Iterable<StoredTensor>): StoredTensor[] {
    return [...this.weights, ...head];
  }

  /** Frees what computes the features. */
  dispose(): void | Promise<void> {
    return this.model.dispose();
  }
}

/** Numbers as they are. */
const PLAIN = { scale: 1, mean: [0], std: [1] };

/**
 * Cuts a network before its first parameter that learns.
 * @throws ArgumentError for options; WeightsError for weights of the frozen part that are missing; UnsupportedError where more than one
 * value goes from it to what learns; what `load` throws
 */
export async function backboneOf(graph: Graph, options: BackboneOptions, open: OpenFeatures): Promise<Backbone> {
  checkOptions('splitBackbone', options, BACKBONE);
  const { weights, trainable } = options ?? {};
  if (typeof trainable !== 'function') wrong('splitBackbone: trainable', 'a function that tells by the name of a parameter', typeName(trainable));
  const names = graph.params.map(({ name }) => name).filter((name) => learns(name) && trainable(name));
  if (names.length === 0) wrong('splitBackbone: trainable', 'at least one parameter that learns', 'none');
  const { backbone, head } = halvesOf(graph, new Set(names));
  const given = new Map(tensorsIn(weights).map((stored) => [stored.name, stored]));
  const frozen = backbone.params.map(({ name }) => given.get(name) ?? missing(name));
  const model = await open(backbone, { weights: Object.fromEntries(frozen.map((stored) => [stored.name, { dtype: 'float32', ...numbersIn(stored) }])) });
  return new Backbone(head, head.params.flatMap(({ name }) => given.get(name) ?? []), frozen, model);
}

function missing(name: string): never {
  wrong(`weights: ${name}`, 'a tensor of this name, which is frozen', 'none', { as: WeightsError });
}
