import { FormatError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import type { WindowAttrs } from './common.js';
import { windowAxes } from '../onnx/form/window.js';
import type { LowerContext } from '../onnx/form/lowering.js';

/**
 * The window of a 2-D convolution or pooling, with `auto_pad` worked out for the input at hand; undefined where padding is
 * negative.
 * @throws FormatError, ShapeError for one that cannot be, as the operator outside of the engine
 */
export function mapWindowOf(context: LowerContext, kernel: readonly number[]): WindowAttrs | undefined {
  const { attributes } = context;
  const axes = windowAxes(attributes, context.shape(0).slice(2), kernel);
  const [top = 0, left = 0, bottom = 0, right = 0] = [...axes.map(({ before }) => before), ...axes.map(({ after }) => after)];
  if (Math.min(top, left, bottom, right) < 0) return undefined;
  return {
    kernel: pair(kernel),
    stride: pair(axes.map(({ stride }) => stride)),
    dilation: pair(axes.map(({ dilation }) => dilation)),
    pad: [top, left, bottom, right],
    ceil: attributes.int('ceil_mode', 0) !== 0,
  };
}

export function pair(values: readonly number[]): readonly [number, number] {
  const [h, w] = values;
  if (h !== undefined && w !== undefined && values.length === 2) return [h, w];
  wrong(undefined, '2 numbers for a map', String(values.length), { as: FormatError });
}

/** Whether an input is [N, C, H, W]. */
export function isMap(context: LowerContext, input = 0): boolean {
  return context.shape(input).length === 4;
}
