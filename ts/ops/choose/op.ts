import * as steps from '../../contract/steps.js';
import { defineOp } from '../../graph/op.js';
import type { EmitContext, Placed } from '../../graph/op.js';
import { broadcast } from '../../tensor/shape.js';
import { broadcastStrides } from '../binary.js';
import { ALIKE, physicalShape } from '../layout.js';

/** Shapes of the operands that are parameters; the others are inputs behind the condition. */
export type ChooseAttrs = { readonly a?: readonly number[]; readonly b?: readonly number[] };

const ROLES = ['a', 'b'] as const;

/** Elements of `a` where a condition is not 0, of `b` elsewhere, broadcasting. */
export const chooseOp = defineOp<ChooseAttrs>('Choose', (attrs) => ({
  reach: 'unknown',
  probabilities: 'mixed',
  params: ROLES.flatMap((role) => (attrs[role] ? [{ role, shape: attrs[role] }] : [])),
  infer: (inputs) => [[...inputs, ...ROLES.flatMap((role) => (attrs[role] ? [attrs[role]] : []))].reduce<readonly (number | null)[]>((a, b) => broadcast(a, b), [])],
  // Dimensions align at the end: that of the images meets another one.
  acrossImages: (ranks) => new Set(ranks).size > 1,
  layouts: ALIKE,
  emit(context) {
    const [condition, y] = [context.input(0), context.output()];
    const [a, b] = operands(context, attrs);
    context.step(steps.choose({
      condition: condition.id, a: a.id, b: b.id, y: y.id, dims: physicalShape(y),
      conditionStrides: broadcastStrides(condition, y), aStrides: broadcastStrides(a, y), bStrides: broadcastStrides(b, y),
    }));
  },
}));

type Operand = Pick<Placed, 'shape' | 'layout'> & { readonly id: number | ReturnType<EmitContext['constant']> };

function operands(context: EmitContext, attrs: ChooseAttrs): readonly [Operand, Operand] {
  const a: Operand = attrs.a ? { id: context.constant('a'), shape: attrs.a, layout: 'plain' } : context.input(1);
  const b: Operand = attrs.b ? { id: context.constant('b'), shape: attrs.b, layout: 'plain' } : context.input(attrs.a ? 1 : 2);
  return [a, b];
}
