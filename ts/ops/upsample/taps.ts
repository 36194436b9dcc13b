import { MAX_RANK } from '../../contract/limits.js';
import type { LowerContext, ValueId } from '../../onnx/form/lowering.js';
import { inOrder } from '../../onnx/form/resize.js';
import type { ResizeForm, ResizeNode } from '../../onnx/form/resize.js';
import { tapsAt } from '../../onnx/form/taps.js';
import type { AxisPlan, Settings, Taps } from '../../onnx/form/taps.js';
import { fill } from '../../onnx/form/tensors.js';
import { addOp } from '../add/op.js';
import { gatherOp } from '../gather/op.js';
import { mulOp } from '../mul/op.js';

/** More taps than these are read faster outside of the engine: shrinking with antialias has them. */
const MOST_TAPS = 8;
/** The longest axis: a damaged file may ask for one of millions, and lists of taps take more room than pixels. */
const LONGEST = 1 << 16;

/** Every index of an axis with as many taps; undefined where one lies outside, or has too many. */
function tapsOf(plan: AxisPlan, settings: Settings): readonly Taps[] | undefined {
  if (plan.to > LONGEST) return undefined;
  const all = Array.from({ length: plan.to }, (_, at) => tapsAt(at, plan, settings)).filter((taps): taps is Taps => taps !== undefined && taps.indices.length > 0);
  if (all.length < plan.to) return undefined;
  const most = all.reduce((longest, { indices }) => Math.max(longest, indices.length), 0);
  return most > MOST_TAPS ? undefined : all.map((taps) => split(taps, most));
}

/** The last tap as several that sum to it without rounding: a weight of 0 would make no number of an infinite pixel. */
function split({ indices, weights }: Taps, count: number): Taps {
  const last = indices.length - 1;
  const more = count - indices.length;
  const part = (i: number): number => weights[last]! / 2 ** Math.min(i + 1, more);
  return {
    indices: [...indices, ...Array.from({ length: more }, () => indices[last]!)],
    weights: [...weights.slice(0, last), ...Array.from({ length: more + 1 }, (_, i) => part(i))],
  };
}

/** A sum of pixels along one axis, each times its weight. */
function along(context: LowerContext, value: ValueId, axis: number, plan: AxisPlan, taps: readonly Taps[]): ValueId {
  const { from, to, length, scale } = plan;
  const behind = context.shapeOf(value).slice(axis + 1).map(() => 1);
  const param = (what: string, shape: readonly number[], number: (at: number) => number): string => context.derived(`${what} ${axis}: ${from} ${to} ${length} ${scale}`, shape, () => fill('float32', shape, number));
  const parts = (taps[0]?.indices ?? []).map((_, tap) => {
    const indices = param(`taps ${tap}`, [to], (at) => taps[at]!.indices[tap]!);
    const pixels = context.apply(gatherOp({ dim: axis, indices: [to], fixed: true }), [value], { indices });
    if (taps.every(({ weights }) => weights[tap] === 1)) return pixels;
    const operand = [to, ...behind];
    return context.apply(mulOp({ operand }), [pixels], { operand: param(`weights ${tap}`, operand, (at) => taps[at]!.weights[tap]!) });
  });
  return parts.reduce((sum, part) => context.apply(addOp({}), [sum, part]));
}

/** A resize axis by axis, in any mode; undefined where its sizes are not known, or something lies outside. */
export function byTaps(context: LowerContext, formOf: (node: ResizeNode, shape: readonly number[]) => ResizeForm): readonly ValueId[] | undefined {
  const shape = context.shape(0);
  const inputs = [1, 2, 3].filter((input) => context.has(input));
  if (shape.length > MAX_RANK || shape.includes(0) || inputs.some((input) => context.constant(input) === undefined)) return undefined;
  const numbers = (input: number): readonly number[] | undefined => {
    const constant = context.constant(input);
    return constant && Array.from(constant.tensor().data);
  };
  const form = formOf({ opset: context.opset, attributes: context.attributes, numbers }, shape);
  const axes = inOrder(form).map(({ plan, axis }) => ({ plan, axis, taps: plan.to > 0 ? tapsOf(plan, form.settings) : undefined }));
  let value = context.value(0);
  for (const { plan, axis, taps } of axes) {
    if (!taps) return undefined;
    value = along(context, value, axis, plan, taps);
  }
  return axes.length === 0 ? undefined : [value];
}
