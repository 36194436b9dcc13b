import type { BoxForm, Overlap, RegressionKind } from '../contract/train/words.js';
import type { Computed } from './computed.js';

/** Whether a loss compares with class indices, one for each row of logits. */
export const takesClasses = (loss: Loss): loss is Loss & { readonly kind: 'crossEntropy' | 'softDice' } => loss.kind === 'crossEntropy' || loss.kind === 'softDice';

export interface LossCommon {
  readonly output: string | undefined;
  readonly weight: number;
  /** Outputs of the network that it compares with, where nothing is fed. */
  readonly computed?: Computed | undefined;
}

/** A loss as data, so that it can be posted to a worker. */
export type Loss = LossCommon & LossKind;

/** What an ignored label is fed as, whatever the loss calls it: it is no class, and so is never right. */
export const IGNORED = -100;

export type LossKind =
  | ({ readonly kind: 'crossEntropy'; readonly smoothing: number; readonly classWeights: readonly number[] | undefined; readonly ignoreIndex: number | undefined } & Weighting)
  | { readonly kind: 'softCrossEntropy' }
  | ({ readonly kind: 'bceWithLogits'; readonly posWeight: number } & Weighting)
  | ({ readonly kind: 'regression'; readonly of: RegressionKind; readonly param: number } & Weighting)
  | { readonly kind: 'focal'; readonly alpha: number; readonly gamma: number }
  | { readonly kind: 'dice'; readonly smooth: number }
  | { readonly kind: 'softDice'; readonly smooth: number; readonly batch: boolean; readonly background: boolean; readonly ignoreIndex: number | undefined }
  | ({ readonly kind: 'boxIou'; readonly of: Overlap; readonly form: BoxForm; readonly dim: number } & Weighting);

/** Whether elements have weights, and what the sum of losses is divided by; undefined for the sum of the weights. */
export interface Weighting {
  readonly weighted: boolean;
  readonly divisor: number | undefined;
}

/** One loss, or several whose weighted sum is made small. */
export type Losses = Loss | readonly Loss[];
