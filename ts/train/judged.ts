import type { FedTarget } from './batch.js';
import type { Loss } from './loss.js';
import type { Numbers, RunAnswer } from './session.js';

/** What a batch adds to an evaluation. */
export interface Judged {
  /** Each loss times its weight: a mean. */
  readonly losses: readonly number[];
  /** Over how much each of them is the mean. */
  readonly amounts: readonly number[];
  /** Examples or pixels that are right, where targets are classes. */
  readonly correct: number | undefined;
  /** Examples or pixels that count. */
  readonly counted: number;
  readonly examples: number;
  /** Where each example has one class. */
  readonly answers: Answers | undefined;
}

/** What each example is, and what it was taken for. */
export interface Answers {
  /** Number of classes. */
  readonly classes: number;
  /** Below 0 where it does not count. */
  readonly truths: Int32Array;
  readonly answers: Int32Array;
}

/** Judges what a network gave for a batch. `outputs`: what each loss judges. */
export function judgedOf(losses: readonly Loss[], targets: readonly FedTarget[], answer: RunAnswer, output: Numbers): Judged {
  const examples = output.shape[0] ?? 1;
  const [of] = targets;
  const answers = of?.labels && output.shape.length === 2 ? answersOf(of.labels, output) : undefined;
  const correct = answers ? answers.truths.reduce((sum, truth, i) => sum + Number(truth === answers.answers[i]), 0) : answer.correct;
  return {
    losses: answer.losses.map((loss, i) => loss * losses[i]!.weight),
    amounts: targets.map(({ amount }) => amount),
    correct,
    counted: (answers ? of : targetOfCorrect(losses, targets))?.counted ?? 0,
    examples,
    answers,
  };
}

/** The target whose right answers are counted: that of the first cross-entropy that is fed one. */
export function targetOfCorrect(losses: readonly Loss[], targets: readonly FedTarget[]): FedTarget | undefined {
  const at = losses.findIndex(({ kind, computed }) => kind === 'crossEntropy' && !computed);
  return at < 0 ? undefined : targets[at];
}

/** The first of the largest outputs of each example. */
function answersOf(labels: Int32Array, { shape, data }: Numbers): Answers {
  const classes = shape[1]!;
  const answers = Int32Array.from(labels, (_, row) => {
    let best = row * classes;
    for (let i = best + 1; i < (row + 1) * classes; i++) if (data[i]! > data[best]!) best = i;
    return best - row * classes;
  });
  return { classes, truths: labels, answers };
}
