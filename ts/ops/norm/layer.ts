import { optionNames } from '../../base/options.js';
import type { Op } from '../../graph/op.js';
import { leaf } from '../../layers/layer.js';
import type { Layer, NameOption } from '../../layers/layer.js';
import { batchNorm2dOp, localResponseNormOp } from './op.js';

const BATCH_NORM2D = optionNames<NonNullable<Parameters<typeof batchNorm2d>[1]>>({ name: true, eps: true });

/**
 * y = (x - running_mean) / sqrt(running_var + eps) * weight + bias, for each channel of [N, channels, H, W]. Parameters:
 * `weight`, `bias`, `running_mean` and `running_var`, each [channels]. `eps` is 1e-5 unless given.
 * @throws ArgumentError for numbers that have no meaning
 */
export function batchNorm2d(channels: number, options: NameOption & { readonly eps?: number | undefined } = {}): Layer {
  const make = ({ eps = 1e-5 }: typeof options): Op => batchNorm2dOp({ channels, eps });
  return leaf('batchNorm2d', options, { known: BATCH_NORM2D, first: channels, make, inputShape: [null, channels, null, null] });
}

/** Constants of a local response normalisation. */
export interface LocalResponseNormOptions extends NameOption {
  /** Factor of the sum of squares. Default 1e-4. */
  readonly alpha?: number | undefined;
  /** Exponent. Default 0.75. */
  readonly beta?: number | undefined;
  /** What is added before the power is taken. Default 1. */
  readonly k?: number | undefined;
}

const LOCAL_RESPONSE_NORM = optionNames<LocalResponseNormOptions>({ name: true, alpha: true, beta: true, k: true });

/**
 * x / (k + alpha / size * sum of squares over `size` channels around it) ^ beta, for maps [N, C, H, W].
 * @throws ArgumentError for numbers that have no meaning
 */
export function localResponseNorm(size: number, options: LocalResponseNormOptions = {}): Layer {
  const make = ({ alpha = 1e-4, beta = 0.75, k = 1 }: LocalResponseNormOptions): Op => localResponseNormOp({ size, alpha, beta, k });
  return leaf('localResponseNorm', options, { known: LOCAL_RESPONSE_NORM, first: size, make });
}
