import { ShapeError } from '../../base/errors.js';
import * as steps from '../../contract/steps.js';
import type { BinaryOp } from '../../contract/words.js';
import { showShape } from '../../base/show.js';
import { count, defineOp } from '../../graph/op.js';
import type { ActivationWords, EmitContext, Op, OpFactory, Placed } from '../../graph/op.js';
import { broadcast } from '../../tensor/shape.js';
import type { Dim } from '../../tensor/shape.js';
import { absorbActivation, resolveAxis } from '../common.js';
import { ALIKE, NHWC_ORDER, logicalStrides, physicalAxis, physicalShape } from '../layout.js';

export type BinaryAttrs = {
  readonly activation?: ActivationWords;
  /** Shape of the second operand where it is a parameter. */
  readonly operand?: readonly number[];
};

function binary(type: string, kind: BinaryOp, effect?: 'sum' | 'product'): OpFactory<BinaryAttrs> {
  const factory: OpFactory<BinaryAttrs> = defineOp<BinaryAttrs>(type, (attrs) => ({
    probabilities: 'mixed',
    ...(effect && attrs.activation === undefined && attrs.operand === undefined && { effect: { kind: effect } }),
    channelsSecond: (): Op | undefined => {
      const operand = attrs.operand && lastToSecond(attrs.operand);
      return attrs.operand && !operand ? undefined : factory({ ...attrs, ...(operand && { operand }) });
    },
    ...(attrs.operand && { params: [{ role: 'operand', shape: attrs.operand }] }),
    infer: ([a = [], b = attrs.operand ?? []]) => [broadcast(a, b)],
    // Dimensions align at the end: that of the images meets another one.
    acrossImages: ([a, b = a]) => a !== b,
    layouts: ALIKE,
    emit: (context) => emitBinary(context, kind, attrs),
    absorb: (effect): Op | undefined => absorbActivation(factory, attrs, effect),
  }));
  return factory;
}

/** The shape of a factor for each channel, or for all: [C] to [C, 1, 1]. Others vary from pixel to pixel. */
function lastToSecond(operand: readonly number[]): readonly number[] | undefined {
  const channels = operand.at(-1) ?? 1;
  return operand.slice(0, -1).every((dim) => dim === 1) ? [channels, 1, 1] : undefined;
}

function emitBinary(context: EmitContext, op: BinaryOp, { operand, activation }: BinaryAttrs): void {
  const [a, y] = [context.input(0), context.output()];
  const b = operand ? { shape: operand, layout: 'plain' as const } : context.input(1);
  context.step(steps.binary({
    a: a.id, b: 'id' in b ? b.id : context.constant('operand'), y: y.id, op, activation,
    dims: physicalShape(y), aStrides: broadcastStrides(a, y), bStrides: broadcastStrides(b, y),
  }));
}

/** Elements of an operand from an index of `y` to the next, for each dimension as `y` lies; 0 where the operand is repeated. */
export function broadcastStrides(of: Pick<Placed, 'shape' | 'layout'>, y: Placed): number[] {
  const order = y.layout === 'nhwc' ? NHWC_ORDER : y.shape.map((_, axis) => axis);
  const own = logicalStrides(of);
  const missing = y.shape.length - of.shape.length;
  return order.map((axis) => (of.shape[axis - missing] === y.shape[axis] ? (own[axis - missing] ?? 0) : 0));
}

/** a + b, broadcasting. */
export const addOp = binary('Add', 'add', 'sum');
/** a * b, broadcasting. */
export const mulOp = binary('Mul', 'mul', 'product');
/** a / b, broadcasting. */
export const divOp = binary('Div', 'div');

export type ConcatAttrs = { readonly dim: number };

/** Values put behind each other along one dimension. */
export const concatOp = defineOp<ConcatAttrs>('Concat', ({ dim }) => ({
  probabilities: 'kept',
  infer(inputs) {
    const first = inputs[0] ?? [];
    const axis = resolveAxis(dim, first.length);
    const out: Dim[] = [...first];
    for (const shape of inputs.slice(1)) {
      const fits = shape.length === first.length && shape.every((d, i) => i === axis || d === null || out[i] === null || d === out[i]);
      if (!fits) {
        throw new ShapeError(`shapes ${showShape(first)} and ${showShape(shape)} differ outside dimension ${dim}`, {
          expected: showShape(first),
          got: showShape(shape),
        });
      }
      shape.forEach((d, i) => {
        if (i !== axis) out[i] = out[i] ?? d;
      });
    }
    out[axis] = inputs.reduce<Dim>((total, shape) => addDims(total, shape[axis] ?? null), 0);
    return [out];
  },
  joins: { dim },
  layouts: ALIKE,
  emit(context) {
    const y = context.output();
    const axis = physicalAxis(resolveAxis(dim, y.shape.length), y.layout);
    let start = 0;
    const inputs = Array.from({ length: context.inputCount }, (_, i) => context.input(i)).flatMap((x) => {
      const joined = { x: x.id, chunk: count(physicalShape(x).slice(axis)), start };
      start += joined.chunk;
      return x.id === y.id ? [] : [joined];
    });
    if (inputs.length === 0) return;
    const outer = count(physicalShape(y).slice(0, axis));
    context.step(steps.concat({ y: y.id, outer, row: start, inputs }));
  },
}));

function addDims(a: Dim, b: Dim): Dim {
  return a === null || b === null ? null : a + b;
}
