import { ShapeError } from '../../base/errors.js';
import { OPCODES } from '../../program/opcodes.js';
import { showShape } from '../../base/show.js';
import { count, defineOp } from '../../graph/op.js';
import type { ActivationWords, EmitContext, Op, OpFactory, Placed, Word } from '../../graph/op.js';
import { broadcast } from '../../tensor/shape.js';
import type { Dim } from '../../tensor/shape.js';
import { absorbActivation, activationWords, NO_ACTIVATION, resolveAxis } from '../common.js';
import { ALIKE, NHWC_ORDER, logicalStrides, physicalAxis, physicalShape } from '../layout.js';

export type BinaryAttrs = {
  readonly activation?: ActivationWords;
  /** Shape of the second operand where it is a parameter. */
  readonly operand?: readonly number[];
};

function binary(type: string, kind: number, effect?: 'sum' | 'product'): OpFactory<BinaryAttrs> {
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

function emitBinary(context: EmitContext, kind: number, { operand, activation = NO_ACTIVATION }: BinaryAttrs): void {
  const [a, y] = [context.input(0), context.output()];
  const b = operand ? { shape: operand, layout: 'plain' as const } : context.input(1);
  const second: Word = 'id' in b ? b.id : { operand: context.constant('operand').weight };
  const order = y.layout === 'nhwc' ? NHWC_ORDER : y.shape.map((_, axis) => axis);
  const strides = (of: Pick<Placed, 'shape' | 'layout'>): number[] => {
    const own = logicalStrides(of);
    const missing = y.shape.length - of.shape.length;
    return order.map((axis) => (of.shape[axis - missing] === y.shape[axis] ? (own[axis - missing] ?? 0) : 0));
  };
  const words = [a.id, second, y.id, kind, ...activationWords(activation), order.length];
  context.step(OPCODES.binary, [...words, ...physicalShape(y), ...strides(a), ...strides(b)]);
}

/** a + b, broadcasting. */
export const addOp = binary('Add', 0, 'sum');
/** a * b, broadcasting. */
export const mulOp = binary('Mul', 1, 'product');
/** a / b, broadcasting. */
export const divOp = binary('Div', 2);

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
    const copied = Array.from({ length: context.inputCount }, (_, i) => context.input(i)).flatMap((x) => {
      const [chunk, at] = [count(physicalShape(x).slice(axis)), start];
      start += chunk;
      return x.id === y.id ? [] : [[x.id, chunk, at]];
    });
    if (copied.length === 0) return;
    const outer = count(physicalShape(y).slice(0, axis));
    context.step(OPCODES.concat, [y.id, outer, start, copied.length, ...copied.flat()]);
  },
}));

function addDims(a: Dim, b: Dim): Dim {
  return a === null || b === null ? null : a + b;
}
