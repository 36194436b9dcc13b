import * as steps from '../contract/steps.js';
import type { BinaryOp } from '../contract/words.js';
import { defineOp } from '../graph/op.js';
import type { ActivationWords, EmitContext, Op, OpFactory, Placed } from '../graph/op.js';
import { absorbActivation } from './common.js';
import { ALIKE, logicalStrides, NHWC_ORDER, physicalShape } from './layout.js';
import { broadcast } from '../tensor/shape.js';

export type BinaryAttrs = {
  readonly activation?: ActivationWords;
  /** Shape of the second operand where it is a parameter. */
  readonly operand?: readonly number[];
};

export function binary(type: string, kind: BinaryOp, effect?: 'sum' | 'product'): OpFactory<BinaryAttrs> {
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
  if (y.shape.length === 0) return [0];
  const order = y.layout === 'nhwc' ? NHWC_ORDER : y.shape.map((_, axis) => axis);
  const own = logicalStrides(of);
  const missing = y.shape.length - of.shape.length;
  return order.map((axis) => (of.shape[axis - missing] === y.shape[axis] ? (own[axis - missing] ?? 0) : 0));
}
