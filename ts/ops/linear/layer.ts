import { optionNames } from '../../base/options.js';
import type { Op } from '../../graph/op.js';
import { leaf } from '../../layers/layer.js';
import type { Layer, NameOption } from '../../layers/layer.js';
import { linearOp } from './op.js';

const LINEAR = optionNames<NonNullable<Parameters<typeof linear>[2]>>({ name: true, bias: 'boolean' });

/**
 * Fully connected layer over the last dimension: [..., inFeatures] to [..., outFeatures]. Parameters: `weight`
 * [outFeatures, inFeatures] and, unless `bias` is false, `bias` [outFeatures]. PyTorch's Linear.
 * @throws ArgumentError for features that are no whole number from 1 on; ShapeError, when it is called, where the features are others
 */
export function linear(
  inFeatures: number,
  outFeatures: number,
  options: NameOption & { readonly bias?: boolean | undefined } = {},
): Layer {
  const make = ({ bias = true }: typeof options): Op => linearOp({ inFeatures, outFeatures, bias });
  return leaf('linear', options, { known: LINEAR, first: inFeatures, make, inputShape: [null, inFeatures] });
}
