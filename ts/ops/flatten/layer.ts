import type { Op } from '../../graph/op.js';
import { leaf, NAME_OPTION } from '../../layers/layer.js';
import type { Layer, NameOption } from '../../layers/layer.js';
import { axisIndex } from '../common.js';
import { flattenOp } from './op.js';

/**
 * Dimensions from `startDim` to `endDim` made one: [N, C, H, W] to [N, C * H * W].
 * @param startDim - counted from the end if negative
 * @param endDim - likewise; it is part of what is made one
 * @throws ArgumentError for what is no whole number; ShapeError, when it is called, for a dimension that is not there
 */
export function flatten(startDim = 1, endDim = -1, options: NameOption = {}): Layer {
  const make = (): Op => flattenOp({ startDim: axisIndex('startDim', startDim), endDim: axisIndex('endDim', endDim) });
  return leaf('flatten', options, { known: NAME_OPTION, first: startDim, make });
}
