import type { StoredTensor } from '../../formats/stored.js';
import type { Graph } from '../../graph/graph.js';
import type { TrainerOptions } from '../../train/trainer.js';

/** Options of a trainer without functions, which cannot be posted: what they say of each parameter in their place. */
export type SentOptions = Omit<TrainerOptions, 'weights' | 'trainable'> & {
  readonly weights: readonly StoredTensor[] | Uint8Array | undefined;
  readonly trainable: readonly string[] | undefined;
};

/** The rate is sent with every step. */
const NO_RATE = 0;

/** What is posted of a trainer's options. Bytes that were given stay the caller's. */
export function toSent(graph: Graph, options: TrainerOptions): SentOptions {
  const names = graph.params.map(({ name }) => name);
  const { weights, trainable, optimizer, resume } = options;
  return {
    ...options,
    optimizer: { ...optimizer, lr: NO_RATE },
    trainable: trainable && names.filter((name) => trainable(name)),
    weights: weights === undefined || weights instanceof Uint8Array ? weights?.slice() : Array.from(weights, (stored) => ({ ...stored, bytes: stored.bytes.slice() })),
    resume: resume?.slice(),
  };
}

/** The options as the trainer in the worker takes them. @param rate - of the step that is being computed */
export function fromSent({ trainable, optimizer, ...options }: SentOptions, rate: () => number): TrainerOptions {
  const names = trainable && new Set(trainable);
  return { ...options, optimizer: { ...optimizer, lr: rate }, trainable: names && ((name) => names.has(name)) };
}

/** The memory of what is posted, to be handed over. */
export function buffersOf({ weights, resume }: SentOptions): ArrayBuffer[] {
  const bytes = weights === undefined ? [] : weights instanceof Uint8Array ? [weights] : weights.map((stored) => stored.bytes);
  return [...bytes, ...(resume ? [resume] : [])].map(({ buffer }) => buffer as ArrayBuffer);
}
