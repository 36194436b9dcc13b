import { optionNames } from '../../base/options.js';
import type { Op } from '../../graph/op.js';
import { leaf } from '../../layers/layer.js';
import type { Layer, NameOption } from '../../layers/layer.js';
import { batchNorm2dOp } from './op.js';

/** Constants of a BatchNorm. */
export interface BatchNorm2dOptions extends NameOption {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number | undefined;
  /** Weight of a new batch in the running statistics while it is trained, 0 to 1. Default 0.1. */
  readonly momentum?: number | undefined;
}

const BATCH_NORM2D = optionNames<BatchNorm2dOptions>({ name: true, eps: true, momentum: true });

/**
 * y = (x - running_mean) / sqrt(running_var + eps) * weight + bias, for each channel of [N, channels, H, W]. Parameters:
 * `weight`, `bias`, `running_mean` and `running_var`, each [channels]. While it is trained, mean and variance are those of the batch
 * (Ioffe and Szegedy 2015, arXiv 1502.03167).
 * @throws ArgumentError for channels that are no whole number from 1 on, or constants that are not finite
 */
export function batchNorm2d(channels: number, options: BatchNorm2dOptions = {}): Layer {
  const make = ({ eps = 1e-5, momentum }: BatchNorm2dOptions): Op => batchNorm2dOp({ channels, eps, ...(momentum !== undefined && { momentum }) });
  return leaf('batchNorm2d', options, { known: BATCH_NORM2D, first: channels, make, inputShape: [null, channels, null, null] });
}
