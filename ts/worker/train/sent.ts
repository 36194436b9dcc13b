import type { Graph } from '../../graph/graph.js';
import type { ParameterGroup } from '../../train/groups.js';
import type { Initializer, InitOption } from '../../train/inits.js';
import type { Optimizer } from '../../train/optimizers.js';
import type { TrainerOptions } from '../../train/setup.js';
import { formOf } from '../../train/weights.js';
import type { WeightsGiven } from '../../train/weights.js';
import { copied } from './post.js';

type Names = readonly string[];

/** A group of parameters, with their names. */
type SentGroup = Omit<ParameterGroup, 'params'> & { readonly params: Names };

/** Options of a trainer without functions, which cannot be posted: what they say of each parameter in their place. */
export type SentOptions = Omit<TrainerOptions, 'weights' | 'trainable' | 'optimizer' | 'init'> & {
  readonly weights: WeightsGiven | undefined;
  readonly trainable: Names | undefined;
  /** The rate is sent with every step. */
  readonly optimizer: Omit<Optimizer, 'lr' | 'groups'> & { readonly groups: readonly SentGroup[] };
  readonly init: Initializer | ReadonlyMap<string, Initializer | undefined> | undefined;
};

/** What is posted of a trainer's options, which have been checked. Bytes that were given stay the caller's. */
export function toSent({ params }: Graph, options: TrainerOptions): SentOptions {
  const { weights, trainable, optimizer: { lr: _, groups, ...optimizer }, init, resume } = options;
  const those = (fits: (name: string) => boolean): Names => params.map(({ name }) => name).filter((name) => fits(name));
  return {
    ...options,
    optimizer: { ...optimizer, groups: groups.map((group) => ({ ...group, params: those(group.params) })) },
    trainable: trainable && those(trainable),
    init: typeof init === 'function' ? new Map(params.map(({ name, shape }) => [name, init(name, shape)])) : init,
    weights: weights && copied(formOf(weights)),
    resume: copied(resume),
  };
}

/** The options as the trainer in the worker takes them. @param rate - of the step that is being computed */
export function fromSent({ trainable, optimizer, init, ...options }: SentOptions, rate: () => number): TrainerOptions {
  return {
    ...options,
    optimizer: { ...optimizer, lr: rate, groups: optimizer.groups.map((group) => ({ ...group, params: oneOf(group.params) })) },
    trainable: trainable && oneOf(trainable),
    init: init instanceof Map ? (name) => (init as ReadonlyMap<string, Initializer | undefined>).get(name) : (init as InitOption | undefined),
  };
}

function oneOf(names: Names): (name: string) => boolean {
  const known = new Set(names);
  return (name) => known.has(name);
}
