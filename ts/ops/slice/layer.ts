import { placing } from '../../base/errors.js';
import { showShape } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import { leaf, NAME_OPTION } from '../../layers/layer.js';
import type { Layer, NameOption } from '../../layers/layer.js';
import { checkValue } from '../../layers/value.js';
import type { Value } from '../../layers/value.js';
import { axisIndex, resolveAxis, whole } from '../common.js';
import { sliceOp } from './op.js';

/**
 * `length` elements of dimension `dim` from `start` on, as PyTorch's narrow: [N, C, H, W] to [N, length, H, W] where `dim` is 1.
 * @param dim - counted from the end if negative
 * @throws ArgumentError for numbers that have no meaning; ShapeError for a range that is not there
 */
export function narrow(dim: number, start: number, length: number, options: NameOption = {}): Layer {
  return leaf('narrow', options, { known: NAME_OPTION, first: dim, make: () => sliceOp({ dim: axisIndex('dim', dim), start, length }) });
}

/**
 * A value in `chunks` parts along `dim`, as PyTorch's chunk: [N, C, H, W] to as many [N, C / chunks, H, W]. Where the size does not
 * divide, the last part is smaller, and there may be fewer parts.
 * @param dim - counted from the end if negative; its size must be known
 * @throws ArgumentError for a number of chunks that is none, or a dimension that is open; ShapeError for one that is not there; GraphError for
 *   what is no value
 */
export function chunk(x: Value, chunks: number, dim = 1): Value[] {
  const { shape } = checkValue('chunk', x);
  const axis = placing('chunk', () => resolveAxis(dim, shape.length));
  placing('chunk', () => whole('chunks', chunks, 1));
  const size = shape[axis] ?? wrong('chunk', `a size for dimension ${dim}`, showShape(shape));
  const length = Math.max(1, Math.ceil(size / chunks));
  const starts = Array.from({ length: Math.ceil(size / length) }, (_, i) => i * length);
  return starts.map((start) => narrow(axis, start, Math.min(length, size - start))(x));
}
