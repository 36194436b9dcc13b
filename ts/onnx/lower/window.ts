import { FormatError } from '../../errors.js';
import type { WindowAttrs } from '../../graph/ops/common.js';
import type { LowerContext } from './lowering.js';

/**
 * The window of a 2-D convolution or pooling, with `auto_pad` worked out for the input at hand; undefined where padding is
 * negative.
 */
export function windowOf(context: LowerContext, kernel: readonly number[]): WindowAttrs | undefined {
  const { attributes } = context;
  const [, , ...sizes] = context.shape(0);
  const stride = pair(attributes.ints('strides', [1, 1]));
  const dilation = pair(attributes.ints('dilations', [1, 1]));
  const ceil = attributes.int('ceil_mode', 0) !== 0;
  const pad = padsOf(context, (axis) => {
    const [size = 0, k = 1, s = 1, d = 1] = [sizes[axis], kernel[axis], stride[axis], dilation[axis]];
    return Math.max(0, (Math.ceil(size / s) - 1) * s + d * (k - 1) + 1 - size);
  });
  return pad && { kernel: pair(kernel), stride, dilation, pad, ceil };
}

type Pads = [top: number, left: number, bottom: number, right: number];

/** @param total - padding along an axis that keeps the size, before striding */
function padsOf({ attributes }: LowerContext, total: (axis: 0 | 1) => number): Pads | undefined {
  const auto = attributes.string('auto_pad', 'NOTSET');
  switch (auto) {
    case '':
    case 'NOTSET': {
      const [top = 0, left = 0, bottom = 0, right = 0] = attributes.ints('pads', [0, 0, 0, 0]);
      return Math.min(top, left, bottom, right) < 0 ? undefined : [top, left, bottom, right];
    }
    case 'VALID':
      return [0, 0, 0, 0];
    case 'SAME_UPPER':
    case 'SAME_LOWER': {
      const [h, w] = [total(0), total(1)];
      const less = [Math.floor(h / 2), Math.floor(w / 2)] as const;
      const more = [h - less[0], w - less[1]] as const;
      return auto === 'SAME_UPPER' ? [...less, ...more] : [...more, ...less];
    }
    default:
      throw new FormatError(`attribute auto_pad: there is no ${auto}`, { place: 'auto_pad', got: auto });
  }
}

export function pair(values: readonly number[]): readonly [number, number] {
  const [h, w] = values;
  if (h !== undefined && w !== undefined && values.length === 2) return [h, w];
  throw new FormatError(`expected 2 numbers for a map, got ${values.length}`, { got: values.join(', ') });
}

/** Whether an input is [N, C, H, W]. */
export function isMap(context: LowerContext, input = 0): boolean {
  return context.shape(input).length === 4;
}
