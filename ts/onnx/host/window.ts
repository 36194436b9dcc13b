import { FormatError, ShapeError } from '../../errors.js';
import type { Attributes } from '../attributes.js';

/** One axis of a window that slides over a tensor of any rank. */
export interface Axis {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
  readonly out: number;
}

/**
 * The axes of a convolution or pooling.
 * @param spatial - sizes of the dimensions behind N and C
 */
export function windowAxes(attributes: Attributes, spatial: readonly number[], kernel: readonly number[]): Axis[] {
  const ones = spatial.map(() => 1);
  const strides = attributes.ints('strides', ones);
  const dilations = attributes.ints('dilations', ones);
  const pads = attributes.ints('pads', [...spatial, ...spatial].map(() => 0));
  const auto = attributes.string('auto_pad', 'NOTSET');
  const ceil = attributes.int('ceil_mode', 0) !== 0;
  if (kernel.length !== spatial.length || strides.length !== spatial.length || dilations.length !== spatial.length || pads.length !== 2 * spatial.length) {
    throw new FormatError(`a window of ${kernel.length} dimensions over ${spatial.length}`, { place: 'kernel_shape' });
  }
  return spatial.map((size, i): Axis => {
    const axis = { size, kernel: kernel[i]!, stride: strides[i]!, dilation: dilations[i]! };
    if (!(axis.kernel >= 1 && axis.stride >= 1 && axis.dilation >= 1)) throw new FormatError('kernel, stride and dilation are at least 1');
    const span = axis.dilation * (axis.kernel - 1) + 1;
    const [before, after] = padding(auto, Math.max(0, (Math.ceil(size / axis.stride) - 1) * axis.stride + span - size), [pads[i]!, pads[spatial.length + i]!]);
    const room = size + before + after - span;
    if (room < 0) throw new ShapeError(`the dilated kernel spans ${span}, more than the padded input of ${size + before + after}`);
    let out = Math.floor(room / axis.stride) + 1;
    // A last window that would start in the padding behind does not count.
    if (ceil && room % axis.stride !== 0 && out * axis.stride < size + before) out++;
    return { ...axis, before, after, out };
  });
}

function padding(auto: string, total: number, given: readonly [number, number]): readonly [number, number] {
  const half = Math.floor(total / 2);
  switch (auto) {
    case '':
    case 'NOTSET':
      return given;
    case 'VALID':
      return [0, 0];
    case 'SAME_UPPER':
      return [half, total - half];
    case 'SAME_LOWER':
      return [total - half, half];
    default:
      throw new FormatError(`auto_pad: there is no ${auto}`, { place: 'auto_pad', got: auto });
  }
}

/** For each output position of an axis, the taps inside the input and where they are: pairs of tap and index. */
export function tapsOf(axis: Axis): (readonly (readonly [tap: number, index: number])[])[] {
  return Array.from({ length: axis.out }, (_, out) =>
    Array.from({ length: axis.kernel }, (__, tap) => [tap, out * axis.stride + tap * axis.dilation - axis.before] as const).filter(
      ([, index]) => index >= 0 && index < axis.size,
    ),
  );
}

/** Calls `visit` with kernel offset and input offset of every tap of the window at an output position. */
export function eachTap(
  axes: readonly Axis[],
  taps: readonly (readonly (readonly (readonly [number, number])[])[])[],
  position: readonly number[],
  visit: (kernel: number, input: number) => void,
): void {
  const step = (d: number, kernel: number, input: number): void => {
    if (d === axes.length) {
      visit(kernel, input);
      return;
    }
    const { kernel: k, size } = axes[d]!;
    for (const [tap, index] of taps[d]![position[d]!]!) step(d + 1, kernel * k + tap, input * size + index);
  };
  step(0, 0, 0);
}

/** Every position of an output shape, in row-major order. */
export function eachPosition(shape: readonly number[], visit: (index: number, position: readonly number[]) => void): void {
  const count = shape.reduce((product, dim) => product * dim, 1);
  const position = shape.map(() => 0);
  for (let index = 0; index < count; index++) {
    visit(index, position);
    for (let d = shape.length - 1; d >= 0; d--) {
      position[d]!++;
      if (position[d]! < shape[d]!) break;
      position[d] = 0;
    }
  }
}
