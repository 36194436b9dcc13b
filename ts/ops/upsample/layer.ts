import { placing } from '../../base/errors.js';
import { checkOptions, optionNames } from '../../base/options.js';
import type { Op } from '../../graph/op.js';
import { leaf } from '../../layers/layer.js';
import type { Layer, NameOption } from '../../layers/layer.js';
import { apply } from '../../layers/value.js';
import type { Value } from '../../layers/value.js';
import { pair } from '../window-options.js';
import type { Pair } from '../window-options.js';
import { upsampleOp } from './op.js';

/** Either `size` or `scaleFactor`, and how what lies between is filled in. */
export interface UpsampleOptions extends NameOption {
  /** Height and width of the output, in elements. */
  readonly size?: Pair | undefined;
  /** Output size over input size; the product is rounded down. */
  readonly scaleFactor?: Pair | undefined;
  /** The nearest element, or the weighted mean of the four around. Default `nearest`. */
  readonly mode?: 'nearest' | 'bilinear' | undefined;
  /** Whether `bilinear` puts the centres of corner elements upon each other, rather than the corners. Default false. */
  readonly alignCorners?: boolean | undefined;
}

const UPSAMPLE = optionNames<UpsampleOptions>({ name: true, size: true, scaleFactor: true, mode: true, alignCorners: 'boolean' });

/**
 * Maps of another size, [N, C, H, W] to [N, C, OH, OW]: to `size`, or by `scaleFactor`: PyTorch's Upsample.
 * @throws ArgumentError for both or none of them, or numbers that have no meaning
 */
export function upsample(options: UpsampleOptions): Layer {
  const make = ({ size, scaleFactor, mode = 'nearest', alignCorners = false }: UpsampleOptions): Op =>
    upsampleOp({
      size: size === undefined ? null : pair('size', size),
      scale: scaleFactor === undefined ? null : pair('scaleFactor', scaleFactor),
      mode,
      alignCorners,
    });
  return leaf('upsample', options ?? {}, { known: UPSAMPLE, make });
}

/** How `upsampleLike` fills in what lies between. */
export type UpsampleLikeOptions = Pick<UpsampleOptions, 'mode' | 'alignCorners'>;

const UPSAMPLE_LIKE = optionNames<UpsampleLikeOptions>({ mode: true, alignCorners: 'boolean' });

/**
 * A map [N, C, H, W] of the height and width of another, [N, C, OH, OW], whatever they will be: PyTorch's interpolate with the size of
 * `like`, of which nothing else counts.
 * @throws ShapeError for what are no maps; ArgumentError for an option
 */
export function upsampleLike(x: Value, like: Value, options: UpsampleLikeOptions = {}): Value {
  checkOptions('upsampleLike', options, UPSAMPLE_LIKE);
  const { mode = 'nearest', alignCorners = false } = options;
  return apply(placing('upsampleLike', () => upsampleOp({ size: null, scale: null, mode, alignCorners, like: true })), [x, like], {}, undefined);
}
