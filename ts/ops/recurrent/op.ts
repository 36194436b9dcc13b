import * as steps from '../../contract/steps.js';
import type { RecurrentKind } from '../../contract/words.js';
import { ShapeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { showShape } from '../../base/show.js';
import { count, defineOp } from '../../graph/op.js';
import { oneOf, whole } from '../common.js';
import { ROWS } from '../layout.js';

/** Matrices of a cell, each of as many rows as there are hidden units. */
export const GATES: Readonly<Record<RecurrentKind, number>> = { tanh: 1, relu: 1, lstm: 4, gru: 3, gruAfter: 3 };

export type RecurrentAttrs = {
  readonly kind: RecurrentKind;
  readonly hidden: number;
  /** Whether the last step is the first. */
  readonly backwards: boolean;
  /** Whether the states before are the inputs 1, and 2 of an LSTM; else they are the parameters `h` and `c` of [N, hidden]. */
  readonly given: boolean;
  readonly n: number;
};

/**
 * A recurrent layer in one direction, of sums [steps, N, gates * hidden] that its inputs give the gates: h of every step, [steps, N, hidden], and of
 * an LSTM the cells behind the last, as one step more. Gates stand in the order of ONNX.
 */
export const recurrentOp = defineOp<RecurrentAttrs>('Recurrent', ({ kind, hidden, backwards, given, n }) => {
  oneOf('kind', kind, Object.keys(GATES) as RecurrentKind[]);
  [hidden, n].forEach((size) => whole('size', size, 1));
  const gates = GATES[kind];
  const state = (role: string) => ({ role, shape: [n, hidden] });
  return {
    reach: 'unknown',
    probabilities: 'mixed',
    acrossImages: () => true,
    params: [
      { role: 'recurrent', shape: [gates, hidden, hidden] },
      ...(kind === 'gruAfter' ? [{ role: 'bias', shape: [hidden] }] : []),
      ...(given ? [] : [state('h'), ...(kind === 'lstm' ? [state('c')] : [])]),
    ],
    infer([x = []]) {
      const [length = null, images, sums] = x;
      if (x.length !== 3 || images !== n || sums !== gates * hidden) wrong(undefined, `sums [steps, ${n}, ${gates * hidden}]`, showShape(x), { as: ShapeError });
      return [[length === null ? null : length + Number(kind === 'lstm'), n, hidden]];
    },
    macs: (_, [y = []]) => count(y) * gates * hidden,
    layouts: ROWS,
    emit(context) {
      const [x, y] = [context.input(0), context.output()];
      const h = given ? context.input(1).id : context.constant('h');
      const c = kind !== 'lstm' ? h : given ? context.input(2).id : context.constant('c');
      context.step(steps.recurrent({
        x: x.id, r: context.constant('recurrent'), bias: kind === 'gruAfter' ? context.constant('bias') : undefined,
        h, c, y: y.id, kind, steps: x.shape[0] ?? 1, n, hidden, backwards,
      }));
    },
  };
});
