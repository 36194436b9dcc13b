import { wrong } from '../../base/wrong.js';
import { showValue } from '../../base/show.js';
import { leaf, NAME_OPTION } from '../../layers/layer.js';
import type { Layer, NameOption } from '../../layers/layer.js';
import { permuteOp } from './op.js';

/**
 * Dimensions in another order, as PyTorch's permute: `dims[i]` is the dimension of the input that becomes dimension i, [N, T, D] to
 * [N, D, T] by [0, 2, 1].
 * @throws ArgumentError for numbers that are no dimensions; ShapeError for an order of another number of dimensions
 */
export function permute(dims: readonly number[], options: NameOption = {}): Layer {
  const given: unknown = dims;
  if (!Array.isArray(given)) wrong('permute: dims', 'an array of dimensions', showValue(dims));
  return leaf('permute', options, { known: NAME_OPTION, make: () => permuteOp({ dims: [...dims] }) });
}
