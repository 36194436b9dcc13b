import { optionNames } from '../../base/options.js';
import type { Op } from '../../graph/op.js';
import { leaf } from '../../layers/layer.js';
import type { Layer, NameOption } from '../../layers/layer.js';
import { pool2dOp } from './op.js';
import { windowAttrs } from '../window-options.js';
import type { Pair, WindowOptions } from '../window-options.js';

/** What max pooling takes besides the kernel. */
export interface MaxPool2dOptions extends WindowOptions, NameOption {
  /** Whether a last window may reach past the end of the map. Default false. */
  readonly ceilMode?: boolean | undefined;
}

const MAX_POOL2D_OPTIONS = { name: true, stride: true, padding: true, dilation: true, ceilMode: 'boolean' } as const;

const MAX_POOL2D = optionNames<MaxPool2dOptions>(MAX_POOL2D_OPTIONS);

/**
 * The largest of each window: [N, C, H, W] to [N, C, OH, OW]; the stride is the kernel where none is given.
 * OH = floor((H + padding above and below - dilation * (KH - 1) - 1) / stride) + 1; `ceilMode` rounds up. PyTorch's MaxPool2d.
 * @throws ArgumentError, GeometryError for numbers that have no meaning, as padding that leaves windows without an element
 */
export function maxPool2d(kernel: Pair, options: MaxPool2dOptions = {}): Layer {
  const make = ({ stride = kernel, ceilMode, ...window }: MaxPool2dOptions): Op =>
    pool2dOp({ ...windowAttrs(kernel, stride, window, ceilMode), kind: 'max', countIncludePad: false, divisor: 0 });
  return leaf('maxPool2d', options, { known: MAX_POOL2D, first: kernel, make });
}

/** What average pooling takes besides the kernel. */
export interface AvgPool2dOptions extends MaxPool2dOptions {
  /** Whether the zeros of the padding count in the mean. Default true. */
  readonly countIncludePad?: boolean | undefined;
  /** Divides each sum, in place of the number of elements. */
  readonly divisorOverride?: number | undefined;
}

const AVG_POOL2D = optionNames<AvgPool2dOptions>({ ...MAX_POOL2D_OPTIONS, countIncludePad: 'boolean', divisorOverride: true });

/**
 * The mean of each window: [N, C, H, W] to [N, C, OH, OW], sizes as of `maxPool2d`; the stride is the kernel where none is given.
 * PyTorch's AvgPool2d.
 * @throws as `maxPool2d`; ArgumentError for a divisor that is none
 */
export function avgPool2d(kernel: Pair, options: AvgPool2dOptions = {}): Layer {
  const make = ({ stride = kernel, ceilMode, countIncludePad = true, divisorOverride: divisor = 0, ...window }: AvgPool2dOptions): Op =>
    pool2dOp({ ...windowAttrs(kernel, stride, window, ceilMode), kind: 'avg', countIncludePad, divisor });
  return leaf('avgPool2d', options, { known: AVG_POOL2D, first: kernel, make });
}
