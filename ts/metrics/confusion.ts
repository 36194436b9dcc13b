import { ShapeError } from '../base/errors.js';
import { checkOptions, optionNames } from '../base/options.js';
import { showValue } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import { mean } from './coco-scores.js';

/** What a confusion matrix is told. */
export interface ConfusionOptions {
  /** Number of classes, or their names by index. */
  readonly classes: number | readonly string[];
  /** The class of what does not count, among the truths: 255 for pixels that nobody labelled, -100 in PyTorch. Default: none. */
  readonly ignore?: number | undefined;
}

/** How well classes are told apart, 0 to 1; of a class that is neither there nor answered nothing is defined. */
export interface ConfusionScores {
  /** Part that is right: of pixels the pixel accuracy. */
  readonly accuracy: number | undefined;
  /** The mean over classes of the part that is right of what each is: torchmetrics' macro recall. */
  readonly meanAccuracy: number | undefined;
  /** The mean over classes of `iou`, those left out that are undefined: mean IoU, torchmetrics' macro Jaccard index. */
  readonly meanIou: number | undefined;
  /** The mean over classes of `dice`, in the same way: torchmetrics' macro F1. */
  readonly meanDice: number | undefined;
  /** Of each class intersection over union: right / (right + missed + mistaken for it). */
  readonly iou: readonly (number | undefined)[];
  /** Of each class twice what is right over the sum of what it is and what was taken for it: Dice, or F1. */
  readonly dice: readonly (number | undefined)[];
  /** Of each class the part that is right of what was taken for it. */
  readonly precision: readonly (number | undefined)[];
  /** Of each class the part of what it is that is right. */
  readonly recall: readonly (number | undefined)[];
  /** Examples or pixels that counted. */
  readonly count: number;
}

const OPTIONS = optionNames<ConfusionOptions>({ classes: true, ignore: true });

/** Which class was taken for which, of examples or pixels. */
export class ConfusionMatrix {
  /** How often, by class and answer: `counts[truth * size + answer]`. */
  readonly counts: Float64Array;

  /** @internal */
  constructor(
    /** Number of classes. */
    readonly size: number,
    /** Names of the classes, where there are some. */
    readonly classes: readonly string[] | undefined,
    private readonly ignore: number | undefined,
  ) {
    this.counts = new Float64Array(size * size);
  }

  /**
   * Adds examples or pixels.
   * @param truths - the class of each
   * @param answers - what each was taken for
   * @throws ShapeError for another number of answers than truths; ArgumentError naming the first that is no class: then none is added
   */
  add(truths: ArrayLike<number>, answers: ArrayLike<number>): void {
    const { size, ignore, counts } = this;
    if (truths.length !== answers.length) wrong('answers', `${truths.length}, as there are truths`, String(answers.length), { as: ShapeError });
    const isClass = (value: number | undefined): boolean => Number.isInteger(value) && value! >= 0 && value! < size;
    for (let i = 0; i < truths.length; i++) {
      if (truths[i] === ignore) continue;
      const stranger = !isClass(truths[i]) ? 'truths' : !isClass(answers[i]) ? 'answers' : undefined;
      if (stranger === undefined) continue;
      const or = stranger === 'truths' && ignore !== undefined ? `, or ${ignore}` : '';
      wrong(`${stranger}: element ${i}`, `a class from 0 to ${size - 1}${or}`, showValue((stranger === 'truths' ? truths : answers)[i]));
    }
    for (let i = 0; i < truths.length; i++) if (truths[i] !== ignore) counts[truths[i]! * size + answers[i]!]!++;
  }

  /** The scores of all that was added so far. */
  scores(): ConfusionScores {
    const { size, counts } = this;
    const each = Array.from({ length: size }, (_, c) => {
      let [is, said] = [0, 0];
      for (let other = 0; other < size; other++) {
        is += counts[c * size + other]!;
        said += counts[other * size + c]!;
      }
      return { right: counts[c * size + c]!, is, said };
    });
    const right = each.reduce((sum, one) => sum + one.right, 0);
    const count = each.reduce((sum, { is }) => sum + is, 0);
    const iou = each.map(({ right: ours, is, said }) => over(ours, is + said - ours));
    const dice = each.map(({ right: ours, is, said }) => over(2 * ours, is + said));
    const recall = each.map(({ right: ours, is }) => over(ours, is));
    const precision = each.map(({ right: ours, said }) => over(ours, said));
    return { accuracy: over(right, count), meanAccuracy: mean(recall), meanIou: mean(iou), meanDice: mean(dice), iou, dice, precision, recall, count };
  }
}

const over = (part: number, whole: number): number | undefined => (whole === 0 ? undefined : part / whole);

/**
 * A matrix without examples.
 * @throws ArgumentError for a number of classes that is none or too large, or an option
 */
export function confusionMatrix(options: ConfusionOptions): ConfusionMatrix {
  checkOptions('confusionMatrix', options, OPTIONS);
  const { classes, ignore } = options ?? ({} as Partial<ConfusionOptions>);
  const names = Array.isArray(classes) ? (classes as readonly string[]) : undefined;
  const size = names ? names.length : classes;
  if (!(Number.isSafeInteger(size) && (size as number) >= 1 && (size as number) <= MAX_CLASSES)) {
    wrong('confusionMatrix: classes', `names, or their number from 1 to ${MAX_CLASSES}`, names ? `${names.length} names` : showValue(classes));
  }
  if (ignore !== undefined && !Number.isInteger(ignore)) wrong('confusionMatrix: ignore', 'a whole number', showValue(ignore));
  return new ConfusionMatrix(size as number, names, ignore);
}

/** More make a matrix that no memory holds. */
const MAX_CLASSES = 10_000;
