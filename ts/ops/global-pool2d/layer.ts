import { leaf, NAME_OPTION } from '../../layers/layer.js';
import type { Layer, NameOption } from '../../layers/layer.js';
import { globalPool2dOp } from './op.js';

/** The mean of each whole map: [N, C, H, W] to [N, C, 1, 1] (Lin et al. 2013, arXiv 1312.4400). */
export function globalAvgPool2d(options: NameOption = {}): Layer {
  return leaf('globalAvgPool2d', options, { known: NAME_OPTION, make: () => globalPool2dOp({ kind: 'avg' }) });
}

/** The largest of each whole map: [N, C, H, W] to [N, C, 1, 1]. */
export function globalMaxPool2d(options: NameOption = {}): Layer {
  return leaf('globalMaxPool2d', options, { known: NAME_OPTION, make: () => globalPool2dOp({ kind: 'max' }) });
}
