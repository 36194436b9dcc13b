import { ShapeError } from '../base/errors.js';
import { showShape } from '../base/show.js';
import * as steps from '../contract/train/steps.js';
import { count } from '../graph/op.js';
import type { Placed } from '../graph/op.js';
import { IGNORED, takesClasses } from './losses.js';
import type { Loss } from './losses.js';
import type { Tape } from './tape.js';

/** What the steps of a loss write. */
export interface LossValues {
  /** Gradient of what it judges, times the loss's weight. */
  readonly dx: Placed;
  /** [1]: the mean. */
  readonly loss: Placed;
  /** [1]: how many rows have their largest element where the target says, where targets are classes. */
  readonly correct: Placed | undefined;
}

/** The shape of what a loss compares with: class indices, or numbers of the same form. */
export function targetShape(loss: Loss, { shape }: Placed, place: string): readonly number[] {
  if (!takesClasses(loss)) return shape;
  if ((shape.length === 2 && loss.kind !== 'softDice') || shape.length === 4) return [shape[0]!, ...shape.slice(2)];
  const [name, expected] = loss.kind === 'softDice' ? ['dice with softmax', '[N, C, H, W]'] : ['cross-entropy', '[N, C] or [N, C, H, W]'];
  throw new ShapeError(`${place}: ${name} judges ${expected}, got ${showShape(shape)}`, { place, expected, got: showShape(shape) });
}

/** Writes the steps of a loss. `x` of one that judges classes lies with them last. */
export function lossSteps(loss: Loss, x: Placed, target: Placed, classWeights: Placed | undefined, tape: Tape): LossValues {
  const [dx, value] = [tape.value(x.shape, x.layout), tape.value([1])];
  const common = { x: x.id, target: target.id, dx: dx.id, loss: value.id, weight: loss.weight };
  const len = count(x.shape);
  const c = x.shape[1] ?? 1;
  const rows = { rows: len / c, c };
  let correct: Placed | undefined;
  switch (loss.kind) {
    case 'crossEntropy': {
      const { smoothing, ignoreIndex } = loss;
      const ignored = { ignore: ignoreIndex !== undefined, ignoreIndex: IGNORED };
      tape.step(steps.crossEntropy({ ...common, ...rows, classWeights: classWeights?.id, smoothing, ...ignored }));
      correct = tape.value([1]);
      tape.step(steps.correct({ x: x.id, target: target.id, count: correct.id, ...rows }));
      break;
    }
    case 'softCrossEntropy':
      tape.step(steps.softCrossEntropy({ ...common, ...rows }));
      break;
    case 'bceWithLogits':
      tape.step(steps.bceWithLogits({ ...common, len, posWeight: loss.posWeight }));
      break;
    case 'regression':
      tape.step(steps.regression({ ...common, len, kind: loss.of, param: loss.param }));
      break;
    case 'focal':
      tape.step(steps.focal({ ...common, len, alpha: loss.alpha, gamma: loss.gamma }));
      break;
    case 'dice': {
      const n = x.shape[0] ?? 1;
      tape.step(steps.dice({ ...common, n, len: len / n, smooth: loss.smooth }));
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
