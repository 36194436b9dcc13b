import { ShapeError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import { showShape } from '../base/show.js';
import * as steps from '../contract/train/steps.js';
import { count } from '../graph/op.js';
import type { Placed } from '../graph/op.js';
import { IGNORED, takesClasses } from './loss.js';
import type { Loss } from './loss.js';
import type { Tape } from './tape.js';

/** What the steps of a loss write. */
export interface LossValues {
  /** Gradient of what it judges, times the loss's weight. */
  readonly dx: Placed;
  /** [1]: the mean. */
  readonly loss: Placed;
  /** [1]: how many rows have their largest element where the target says, where targets are classes that are fed. */
  readonly correct: Placed | undefined;
}

/** What a loss is fed besides the output that it judges. */
export interface LossInputs {
  readonly target: Placed;
  /** A weight for each element or box, where there are some. */
  readonly weights: Placed | undefined;
  readonly classWeights: Placed | undefined;
}

/** The shape of what a loss compares with: class indices, or numbers of the same form. */
export function targetShape(loss: Loss, shape: readonly number[], place: string): readonly number[] {
  if (loss.kind === 'boxIou') boxesIn(loss, shape, place);
  if (!takesClasses(loss)) return shape;
  if ((shape.length === 2 && loss.kind !== 'softDice') || shape.length === 4) return [shape[0]!, ...shape.slice(2)];
  const [name, expected] = loss.kind === 'softDice' ? ['dice with softmax', '[N, C, H, W]'] : ['cross-entropy', '[N, C] or [N, C, H, W]'];
  wrong(place, `${expected} for ${name}`, showShape(shape), { as: ShapeError });
}

/** The shape of the weights that a loss takes; none where it takes none. */
export function weightsShape(loss: Loss, shape: readonly number[], place: string): readonly number[] | undefined {
  if (!('weighted' in loss && loss.weighted) && loss.computed?.weights === undefined) return undefined;
  if (loss.kind !== 'boxIou') return targetShape(loss, shape, place);
  return shape.toSpliced(boxesIn(loss, shape, place), 1);
}

/** The axis of the four numbers of boxes. @throws ShapeError for an output that is no boxes */
export function boxesIn({ dim }: { readonly dim: number }, shape: readonly number[], place: string): number {
  const axis = dim < 0 ? shape.length + dim : dim;
  if (shape.length >= 2 && shape[axis] === 4) return axis;
  const expected = dim === 1 ? '[N, 4, ...]' : '[N, ..., 4]';
  wrong(place, `boxes ${expected} for boxIou`, showShape(shape), { as: ShapeError });
}

/** Writes the steps of a loss. `x` of one that judges classes lies with them last. */
export function lossSteps(loss: Loss, x: Placed, { target, weights, classWeights }: LossInputs, tape: Tape): LossValues {
  const [dx, value] = [tape.value(x.shape, x.layout), tape.value([1])];
  const common = { x: x.id, target: target.id, dx: dx.id, loss: value.id, weight: loss.weight };
  const weighing = { weights: weights?.id, divisor: ('divisor' in loss ? loss.divisor : undefined) ?? 0 };
  const len = count(x.shape);
  const c = x.shape[1] ?? 1;
  const rows = { rows: len / c, c };
  let correct: Placed | undefined;
  switch (loss.kind) {
    case 'crossEntropy': {
      const { smoothing, ignoreIndex } = loss;
      // Labels that are fed were renamed; those that the network computes are as they are.
      const ignored = { ignore: ignoreIndex !== undefined, ignoreIndex: loss.computed ? (ignoreIndex ?? IGNORED) : IGNORED };
      tape.step(steps.crossEntropy({ ...common, ...rows, ...weighing, classWeights: classWeights?.id, smoothing, ...ignored }));
      if (loss.computed) break;
      correct = tape.value([1]);
      tape.step(steps.correct({ x: x.id, target: target.id, count: correct.id, ...rows }));
      break;
    }
    case 'softCrossEntropy':
      tape.step(steps.softCrossEntropy({ ...common, ...rows }));
      break;
    case 'bceWithLogits':
      tape.step(steps.bceWithLogits({ ...common, ...weighing, len, posWeight: loss.posWeight }));
      break;
    case 'regression':
      tape.step(steps.regression({ ...common, ...weighing, len, kind: loss.of, param: loss.param }));
      break;
    case 'focal':
      tape.step(steps.focal({ ...common, len, alpha: loss.alpha, gamma: loss.gamma }));
      break;
    case 'dice': {
      const n = x.shape[0] ?? 1;
      tape.step(steps.dice({ ...common, n, len: len / n, smooth: loss.smooth }));
      break;
    }
    case 'boxIou': {
      const axis = boxesIn(loss, x.shape, 'boxIou');
      const sizes = { outer: count(x.shape.slice(0, axis)), inner: count(x.shape.slice(axis + 1)) };
      tape.step(steps.boxIou({ ...common, ...weighing, ...sizes, weights: weights?.id ?? -1, kind: loss.of, form: loss.form }));
      break;
    }
    case 'softDice': {
      const n = x.shape[0] ?? 1;
      const { smooth, batch, background, ignoreIndex } = loss;
      const ignored = { ignore: ignoreIndex !== undefined, ignoreIndex: IGNORED };
      tape.step(steps.softDice({ ...common, n, pixels: rows.rows / n, c, smooth, batch, background, ...ignored }));
      break;
    }
  }
  return { dx, loss: value, correct };
}
