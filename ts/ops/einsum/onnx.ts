import { MAX_RANK } from '../../contract/limits.js';
import type { LowerContext, Lowering, Lowerings, ValueId } from '../../onnx/form/lowering.js';
import { count } from '../../tensor/shape.js';
import { matMulOp } from '../mat-mul/op.js';
import { permuteOp } from '../permute/op.js';
import { reduceOp } from '../reduce/op.js';
import { reshapeOp } from '../reshape/op.js';
import { equationOf } from './equation.js';

/** A value whose dimensions have names. */
interface Named {
  readonly value: ValueId;
  readonly names: readonly string[];
}

const reshaped = (context: LowerContext, value: ValueId, shape: readonly number[]): ValueId =>
  context.shapeOf(value).join() === shape.join() ? value : context.apply(reshapeOp({ shape }), [value]);

/** Its dimensions in this order. */
function ordered(context: LowerContext, { value, names }: Named, order: readonly string[]): ValueId {
  const dims = order.map((name) => names.indexOf(name));
  return dims.every((dim, i) => dim === i) ? value : context.apply(permuteOp({ dims }), [value]);
}

/** Without the dimensions that nothing else has: they are summed. */
function summed(context: LowerContext, { value, names }: Named, kept: readonly string[]): Named {
  const [keep, gone] = [names.filter((name) => kept.includes(name)), names.filter((name) => !kept.includes(name))];
  if (gone.length === 0) return { value, names };
  const order = [...keep, ...gone];
  const turned = ordered(context, { value, names }, order);
  const op = reduceOp({ kind: 'sum', axes: gone.map((_, i) => keep.length + i), rank: order.length });
  const shape = context.shapeOf(turned).slice(0, keep.length);
  const sum = context.apply(op, [turned]);
  return { value: keep.length === 0 ? sum : reshaped(context, sum, shape), names: keep };
}

/** Dimensions of both in one matrix each: those that both keep are products of their own, those that both lose are K. */
function product(context: LowerContext, a: Named, b: Named, output: readonly string[]): Named {
  const shared = a.names.filter((name) => b.names.includes(name));
  const [batch, depth] = [shared.filter((name) => output.includes(name)), shared.filter((name) => !output.includes(name))];
  const [rows, columns] = [a, b].map(({ names }) => names.filter((name) => !shared.includes(name))) as [string[], string[]];
  const [left, right] = [ordered(context, a, [...batch, ...rows, ...depth]), ordered(context, b, [...batch, ...columns, ...depth])];
  const [of, to] = [context.shapeOf(left), context.shapeOf(right)];
  const sizes = (shape: readonly number[], rest: number): number[] => [...shape.slice(0, batch.length), count(shape.slice(batch.length, batch.length + rest)), count(shape.slice(batch.length + rest))];
  const matrices = [reshaped(context, left, sizes(of, rows.length)), reshaped(context, right, sizes(to, columns.length))];
  const value = context.apply(matMulOp({ transposed: true }), matrices);
  const shape = [...of.slice(0, batch.length + rows.length), ...to.slice(batch.length, batch.length + columns.length)];
  return { value: shape.length === 0 ? value : reshaped(context, value, shape), names: [...batch, ...rows, ...columns] };
}

/** Whether dimensions of one name are of one size: those of 1 would broadcast. */
function agree(inputs: readonly (readonly string[])[], shapes: readonly (readonly number[])[]): boolean {
  const sizes = new Map<string, number>();
  return inputs.every((names, i) => names.every((name, axis) => {
    const size = shapes[i]?.[axis] ?? 0;
    if (!sizes.has(name)) sizes.set(name, size);
    return sizes.get(name) === size;
  }));
}

/** One tensor, or the product of two. */
const einsum: Lowering = (context) => {
  const shapes = [0, 1].filter((input) => context.has(input)).map((input) => context.shape(input));
  if (context.has(2) || shapes.some((shape) => shape.length > MAX_RANK || shape.includes(0))) return undefined;
  const equation = equationOf(context.attributes.string('equation'), shapes.map(({ length }) => length));
  if (!equation || equation.output.length === 0 || !agree(equation.inputs, shapes)) return undefined;
  const { inputs, output } = equation;
  const named = inputs.map((names, i): Named => {
    const others = inputs.filter((_, other) => other !== i).flat();
    return summed(context, { value: context.value(i), names }, [...output, ...others]);
  });
  const [a, b] = named as [Named, Named | undefined];
  return [ordered(context, b ? product(context, a, b, output) : a, output)];
};

export const einsumLowerings: Lowerings = { Einsum: einsum };
