import { adaptiveAvgPool2dOp, globalPool2dOp, pool2dOp } from '../graph/ops/pool.js';
import { leaf } from './layer.js';
import type { Layer, NameOption } from './layer.js';
import { pair, windowAttrs } from './window.js';
import type { Pair, WindowOptions } from './window.js';

export interface MaxPool2dOptions extends WindowOptions, NameOption {
  readonly ceilMode?: boolean | undefined;
}

/** The largest of each window; the stride is the kernel where none is given. */
export function maxPool2d(kernel: Pair, options: MaxPool2dOptions = {}): Layer {
  const make = () => {
    const window = windowAttrs(kernel, options.stride ?? kernel, options, options.ceilMode);
    return pool2dOp({ ...window, kind: 'max', countIncludePad: false, divisor: 0 });
  };
  return leaf('maxPool2d', make, options);
}

export interface AvgPool2dOptions extends MaxPool2dOptions {
  readonly countIncludePad?: boolean | undefined;
  readonly divisorOverride?: number | undefined;
}

/** The mean of each window; the stride is the kernel where none is given. */
export function avgPool2d(kernel: Pair, options: AvgPool2dOptions = {}): Layer {
  const { countIncludePad = true, divisorOverride = 0 } = options;
  const make = () => {
    const window = windowAttrs(kernel, options.stride ?? kernel, options, options.ceilMode);
    return pool2dOp({ ...window, kind: 'avg', countIncludePad, divisor: divisorOverride });
  };
  return leaf('avgPool2d', make, options);
}

/** Means of windows that divide the map evenly into `size`. */
export function adaptiveAvgPool2d(size: Pair, options: NameOption = {}): Layer {
  return leaf('adaptiveAvgPool2d', () => adaptiveAvgPool2dOp({ size: pair('size', size) }), options);
}

/** The mean of each whole map. */
export function globalAvgPool2d(options: NameOption = {}): Layer {
  return leaf('globalAvgPool2d', () => globalPool2dOp({ kind: 'avg' }), options);
}

/** The largest of each whole map. */
export function globalMaxPool2d(options: NameOption = {}): Layer {
  return leaf('globalMaxPool2d', () => globalPool2dOp({ kind: 'max' }), options);
}
