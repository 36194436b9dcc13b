import { showValue } from '../base/show.js';
import { wrong } from '../base/wrong.js';

/** A target that the network computes. */
export interface Computed {
  /** The output with the target. */
  readonly target: string;
  /** The output with a weight for each element, where there is one. */
  readonly weights: string | undefined;
}

/** What losses may be told whose target may be another output of the network, as where boxes are matched while it learns. */
export interface ComputedOptions {
  /** The output that it compares with, in place of a target of the batch. No gradient goes through it. */
  readonly target?: string | undefined;
  /** The output that has the weight of each element, from 0 on, beside `target`. Where their sum is 0, the loss is 0. */
  readonly weights?: string | undefined;
}

/** @throws ArgumentError for what is no name, and weights without a target, or beside weights that the target carries */
export function computed(place: string, { target, weights, weighted }: ComputedOptions & { readonly weighted?: boolean | undefined }): { readonly computed?: Computed } {
  for (const [name, value] of [['target', target], ['weights', weights]] as const) {
    if (value !== undefined && typeof value !== 'string') wrong(`${place}: ${name}`, 'the name of an output', showValue(value));
  }
  if (weights !== undefined && target === undefined) wrong(`${place}: weights`, 'target beside it', 'none', { hint: 'weighted: true takes weights from the batch' });
  if (target !== undefined && weighted === true) wrong(`${place}: weighted`, 'the option weights, since the network computes the target', 'true');
  return target === undefined ? {} : { computed: { target, weights } };
}

/** The names of the options. */
export const COMPUTED = { target: true, weights: true } as const;
