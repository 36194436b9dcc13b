import { defineOp } from '../../graph/op.js';
import { ALIKE } from '../layout.js';
import { copy } from '../reshape/op.js';

export type IdentityAttrs = { readonly name: string };

/** Nothing at inference: Identity, Dropout. */
export const identityOp = defineOp<IdentityAttrs>('Identity', () => ({
  effect: { kind: 'identity' },
  probabilities: 'kept',
  infer: ([input = []]) => [input],
  layouts: ALIKE,
  emit: copy,
}));
