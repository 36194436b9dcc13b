import type { LowerContext, Lowering } from '../onnx/form/lowering.js';
import { reshapeOp } from './reshape/op.js';

/** [N, C, L] as [N, C, 1, L]; a filter likewise. */
function tall(shape: readonly number[]): readonly number[] {
  return shape.length === 3 ? [...shape.slice(0, 2), 1, ...shape.slice(2)] : shape;
}

/** A list of a number for the one axis, or of one for each of its ends, as that of two axes. */
function twoAxes(name: string, values: readonly number[]): readonly number[] {
  const one = name === 'pads' || name === 'output_padding' ? 0 : 1;
  return values.flatMap((value) => [one, value]);
}

/** What a lowering of maps sees of a node whose input is of lines. */
function asMaps(context: LowerContext): LowerContext {
  const isLine = (input: number): boolean => context.shape(input).length === 3;
  return {
    ...context,
    attributes: context.attributes.withInts(twoAxes),
    shape: (input) => tall(context.shape(input)),
    constant: (input) => {
      const constant = context.constant(input);
      return constant && { ...constant, shape: tall(constant.shape) };
    },
    value: (input) => (isLine(input) ? context.apply(reshapeOp({ shape: tall(context.shape(input)) }), [context.value(input)]) : context.value(input)),
    param: (input, shape) => context.param(input, shape ?? (isLine(input) ? tall(context.shape(input)) : undefined)),
  };
}

/** A lowering of maps that takes lines [N, C, L] as well: they are maps of one row. */
export function linesToo(lower: Lowering): Lowering {
  return (context) => {
    if (context.shape(0).length !== 3 || context.shape(0).includes(0)) return lower(context);
    return lower(asMaps(context))?.map((map) => {
      const [n = 1, c = 1, , l = 1] = context.shapeOf(map);
      return context.apply(reshapeOp({ shape: [n, c, l] }), [map]);
    });
  };
}
