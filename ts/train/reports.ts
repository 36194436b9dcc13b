import type { Tensor } from '../tensor/tensor.js';
import type { Confusion } from './evaluate.js';

/** What a step did. */
export interface StepReport {
  /** The weighted sum of the losses, before the update. */
  readonly loss: number;
  /** Each loss by itself. */
  readonly losses: readonly number[];
  /** Part of the examples, or pixels, whose largest output is the target's, 0 to 1; where targets are classes. What is ignored does not count. */
  readonly accuracy: number | undefined;
  /** Norm of all gradients together, before clipping; at an update of several batches, that of their mean. */
  readonly gradNorm: number;
  /** The learning rate of the update, without factors of groups. */
  readonly lr: number;
  /** Updates so far, this one included. */
  readonly step: number;
  /** Whether parameters followed; with `accumulate` they do at every so many batches. */
  readonly updated: boolean;
  /** Whether it was left out, since something was not finite. */
  readonly skipped: boolean;
}

/** How good a network is on a batch, as at inference. */
export interface Evaluation {
  /** The weighted sum of the losses. */
  readonly loss: number;
  /** Part of the examples, or pixels, that are right, 0 to 1; where targets are classes. What is ignored does not count. */
  readonly accuracy: number | undefined;
  /** What the network gives, [N, ...]. */
  readonly output: Tensor;
  /** Which class was taken for which, where each example has one class. */
  readonly confusion: Confusion | undefined;
}

/** A gradient, and its norm. */
export interface Gradient extends Tensor {
  /** Root of the sum of squares. */
  readonly norm: number;
}
