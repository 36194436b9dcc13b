import { defineOp } from '../../graph/op.js';
import { ALIKE } from '../layout.js';
import { copy } from '../copy.js';

export type IdentityAttrs = {
  readonly name: string;
  /** Probability with which training drops an element. */
  readonly drop?: number;
  /** Whether it drops whole images. */
  readonly perImage?: true;
};

/** Nothing at inference: Identity, Dropout, stochastic depth. */
export const identityOp = defineOp<IdentityAttrs>('Identity', () => ({
  effect: { kind: 'identity' },
  probabilities: 'kept',
  infer: ([input = []]) => [input],
  layouts: ALIKE,
  emit: copy,
}));
