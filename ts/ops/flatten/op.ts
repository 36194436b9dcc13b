import { defineOp } from '../../graph/op.js';
import { productOf } from '../../tensor/shape.js';
import { resolveAxis } from '../common.js';
import { copy } from '../copy.js';
import { ROWS } from '../layout.js';

export type FlattenAttrs = { readonly startDim: number; readonly endDim: number };

/** Dimensions from `startDim` to `endDim` made one, in the order of [N, C, H, W]. */
export const flattenOp = defineOp<FlattenAttrs>('Flatten', ({ startDim, endDim }) => ({
  probabilities: 'kept',
  infer([input = []]) {
    const [start, end] = [resolveAxis(startDim, input.length), resolveAxis(endDim, input.length)];
    return [[...input.slice(0, start), productOf(input.slice(start, end + 1)), ...input.slice(end + 1)]];
  },
  layouts: ROWS,
  emit: copy,
}));
