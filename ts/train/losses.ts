import { checkOptions, optionNames } from '../base/options.js';
import { showValue } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import { BOX_FORMS, OVERLAPS } from '../contract/train/words.js';
import type { BoxForm, Overlap, RegressionKind } from '../contract/train/words.js';
import { COMPUTED, computed } from './computed.js';
import type { ComputedOptions } from './computed.js';
import type { Loss, LossCommon, Weighting } from './loss.js';

/** What every loss may be told. */
export interface LossOptions {
  /** Which output of the network it judges; by default the only one. */
  readonly output?: string | undefined;
  /** Factor in a sum of several losses, from 0 on. Default 1. */
  readonly weight?: number | undefined;
}

/** What losses with a weight for each element may be told. */
export interface WeightedOptions {
  /**
   * Whether the target carries weights: it is then [N, 2, ...], where `target[:, 0]` is the target in its usual form and `target[:, 1]` has
   * the weight of each element, from 0 on. Elements of weight 0 do not count. Default false.
   */
  readonly weighted?: boolean | undefined;
  /** What the sum is divided by, above 0. Default the sum of the weights; where that is 0, the loss is 0. */
  readonly divisor?: number | undefined;
}

function weighting(place: string, { weighted = false, divisor }: WeightedOptions): Weighting {
  if (divisor !== undefined) check(place, 'divisor', divisor, (given) => given > 0, 'a number above 0');
  return { weighted, divisor };
}

const WEIGHTED = { weighted: 'boolean', divisor: true } as const;

const LOSS = { output: true, weight: true } as const;

function common(place: string, { output, weight = 1 }: LossOptions): LossCommon {
  if (output !== undefined && typeof output !== 'string') {
    const [expected, got] = ['the name of an output', showValue(output)];
    wrong(`${place}: output`, expected, got);
  }
  return { output, weight: positive(place, 'weight', weight) };
}

function positive(place: string, name: string, value: number): number {
  return check(place, name, value, (given) => given >= 0, 'a number from 0 on');
}

function check(place: string, name: string, value: number, fits: (value: number) => boolean, expected: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && fits(value)) return value;
  const got = showValue(value);
  wrong(`${place}: ${name}`, expected, got);
}

/** Options of cross-entropy. */
export interface CrossEntropyOptions extends LossOptions, WeightedOptions, ComputedOptions {
  /** How much of the target is spread over all classes, 0 to 1. Default 0. */
  readonly labelSmoothing?: number | undefined;
  /** Weight of each class, from 0 on; the mean divides by their sum over what counts. Default: 1 each. */
  readonly classWeights?: readonly number[] | undefined;
  /** A target that does not count. Default -100. */
  readonly ignoreIndex?: number | undefined;
}

const CROSS_ENTROPY = optionNames<CrossEntropyOptions>({ ...LOSS, ...WEIGHTED, ...COMPUTED, labelSmoothing: true, classWeights: true, ignoreIndex: true });

/**
 * Log-softmax and negative log-likelihood in one: logits [N, C] against N class indices, or maps [N, C, H, W] against [N, H, W].
 * PyTorch's `CrossEntropyLoss`; `labelSmoothing` is that of Szegedy et al. 2015, arXiv 1512.00567. With
 * `weighted` the target is [N, 2] or [N, 2, H, W]: classes and weights.
 * @throws ArgumentError for an option that does not exist or a number that has no meaning
 */
export function crossEntropy(options: CrossEntropyOptions = {}): Loss {
  checkOptions('crossEntropy', options, CROSS_ENTROPY);
  const { labelSmoothing = 0, classWeights, ignoreIndex = -100 } = options;
  check('crossEntropy', 'labelSmoothing', labelSmoothing, (part) => part >= 0 && part <= 1, 'a number from 0 to 1');
  checkWeights(classWeights);
  check('crossEntropy', 'ignoreIndex', ignoreIndex, Number.isSafeInteger, 'a whole number');
  const more = { ...weighting('crossEntropy', options), ...common('crossEntropy', options), ...computed('crossEntropy', options) };
  return { kind: 'crossEntropy', smoothing: labelSmoothing, classWeights, ignoreIndex, ...more };
}

/** @throws ArgumentError for what is no list of weights */
function checkWeights(weights: readonly number[] | undefined): void {
  if (weights === undefined) return;
  if (Array.isArray(weights) && weights.length > 0) return Array.from(weights as readonly number[]).forEach((weight) => positive('crossEntropy', 'classWeights', weight));
  const [expected, got] = ['a weight for each class', showValue(weights)];
  wrong('crossEntropy: classWeights', expected, got);
}

const PLAIN = optionNames<LossOptions>({ ...LOSS });

/**
 * Cross-entropy against probabilities of the form of the logits, [N, C] or [N, C, H, W], as mix-up makes them: the mean over examples or pixels.
 * @throws ArgumentError as `crossEntropy`
 */
export function softCrossEntropy(options: LossOptions = {}): Loss {
  checkOptions('softCrossEntropy', options, PLAIN);
  return { kind: 'softCrossEntropy', ...common('softCrossEntropy', options) };
}

/** Options of binary cross-entropy. */
export interface BceOptions extends LossOptions, WeightedOptions, ComputedOptions {
  /** Factor of the positive part, from 0 on. Default 1. */
  readonly posWeight?: number | undefined;
}

const BCE = optionNames<BceOptions>({ ...LOSS, ...WEIGHTED, ...COMPUTED, posWeight: true });

/**
 * Binary cross-entropy of logits: max(x, 0) - x z + log(1 + exp(-|x|)), PyTorch's `BCEWithLogitsLoss`: the mean over
 * elements. Targets z are 0 to 1, of the form of the logits. With `weighted` the target of logits
 * [N, ...] is [N, 2, ...]: bits and weights.
 * @throws ArgumentError as `crossEntropy`
 */
export function bceWithLogits(options: BceOptions = {}): Loss {
  checkOptions('bceWithLogits', options, BCE);
  const { posWeight = 1 } = options;
  const more = { ...weighting('bceWithLogits', options), ...common('bceWithLogits', options), ...computed('bceWithLogits', options) };
  return { kind: 'bceWithLogits', posWeight: positive('bceWithLogits', 'posWeight', posWeight), ...more };
}

function regression(place: string, of: RegressionKind, options: LossOptions & WeightedOptions & ComputedOptions, param = 0): Loss {
  return { kind: 'regression', of, param, ...weighting(place, options), ...common(place, options), ...computed(place, options) };
}

/** Mean of (x - z)^2 over all elements, targets of the form of the output: PyTorch's `MSELoss`. @throws ArgumentError as `crossEntropy` */
export function mse(options: LossOptions = {}): Loss {
  checkOptions('mse', options, PLAIN);
  return regression('mse', 'mse', options);
}

/** Mean of |x - z| over all elements, targets of the form of the output: PyTorch's `L1Loss`. @throws ArgumentError as `crossEntropy` */
export function l1(options: LossOptions = {}): Loss {
  checkOptions('l1', options, PLAIN);
  return regression('l1', 'l1', options);
}

/** Options of smooth L1. */
export interface SmoothL1Options extends LossOptions, WeightedOptions, ComputedOptions {
  /** Where it turns from a parabola into a line, from 0 on. Default 1. */
  readonly beta?: number | undefined;
}

const SMOOTH_L1 = optionNames<SmoothL1Options>({ ...LOSS, ...WEIGHTED, ...COMPUTED, beta: true });

/**
 * Mean of 0.5 d^2 / beta where |d| < beta, else |d| - 0.5 beta, with d = x - z (Girshick 2015, arXiv 1504.08083). With `weighted` the target of an
 * output [N, ...] is [N, 2, ...], numbers and weights.
 * @throws ArgumentError as `crossEntropy`
 */
export function smoothL1(options: SmoothL1Options = {}): Loss {
  checkOptions('smoothL1', options, SMOOTH_L1);
  const { beta = 1 } = options;
  return regression('smoothL1', 'smoothL1', options, positive('smoothL1', 'beta', beta));
}

/** Options of Huber's loss. */
export interface HuberOptions extends LossOptions {
  /** Where it turns from a parabola into a line, above 0. Default 1. */
  readonly delta?: number | undefined;
}

const HUBER = optionNames<HuberOptions>({ ...LOSS, delta: true });

/**
 * Mean of 0.5 d^2 where |d| < delta, else delta (|d| - 0.5 delta), with d = x - z (Huber 1964, "Robust estimation of a location parameter").
 * Targets z have the form of the output.
 * @throws ArgumentError as `crossEntropy`
 */
export function huber(options: HuberOptions = {}): Loss {
  checkOptions('huber', options, HUBER);
  const { delta = 1 } = options;
  return regression('huber', 'huber', options, check('huber', 'delta', delta, (given) => given > 0, 'a number above 0'));
}

/** Options of the focal loss. */
export interface FocalOptions extends LossOptions {
  /** Weight of positives, up to 1, and 1 - alpha that of negatives; below 0 for neither. Default 0.25. */
  readonly alpha?: number | undefined;
  /** How much what is easy counts less, from 0 on. Default 2. */
  readonly gamma?: number | undefined;
}

const FOCAL = optionNames<FocalOptions>({ ...LOSS, alpha: true, gamma: true });

/**
 * Mean of the binary cross-entropy of logits times (1 - p)^gamma, p the probability of what is true (Lin et al. 2017, arXiv 1708.02002):
 * torchvision's `sigmoid_focal_loss` with the reduction 'mean'. Targets are 0 or 1, of the form of the logits.
 * @throws ArgumentError as `crossEntropy`
 */
export function focal(options: FocalOptions = {}): Loss {
  checkOptions('focal', options, FOCAL);
  const { alpha = 0.25, gamma = 2 } = options;
  check('focal', 'alpha', alpha, (given) => given <= 1, 'a number up to 1, below 0 for no weighting');
  return { kind: 'focal', alpha, gamma: positive('focal', 'gamma', gamma), ...common('focal', options) };
}

/** Options of the Dice loss. */
export interface DiceOptions extends LossOptions {
  /** Added above and below, from 0 on. Default 1. */
  readonly smooth?: number | undefined;
  /**
   * Whether each pixel has one of several classes: probabilities are the softmax over the channels, targets are class indices
   * [N, H, W], and the loss is the mean over classes. Default false: the sigmoid of each logit by itself, targets of the form of the logits.
   */
  readonly softmax?: boolean | undefined;
  /** With `softmax`: whether the overlap of a class is that of all images of a batch together, else of each image. Default false. */
  readonly batch?: boolean | undefined;
  /** With `softmax`: whether class 0 counts. Default true. */
  readonly background?: boolean | undefined;
  /** With `softmax`: a target that does not count. Default -100. */
  readonly ignoreIndex?: number | undefined;
}

const DICE = optionNames<DiceOptions>({ ...LOSS, smooth: true, softmax: 'boolean', batch: 'boolean', background: 'boolean', ignoreIndex: true });

/**
 * 1 - Dice's coefficient, (2 I + smooth) / (P + T + smooth) with the sums of p t, p and t over pixels (Milletari et al. 2016,
 * arXiv 1606.04797): of the sigmoid of logits, the mean over images; with `softmax` that of several classes, the mean over them and,
 * without `batch`, over images.
 * @throws ArgumentError as `crossEntropy`, and for an option of `softmax` without it
 */
export function dice(options: DiceOptions = {}): Loss {
  checkOptions('dice', options, DICE);
  const { smooth = 1, softmax = false, batch = false, background = true, ignoreIndex = -100 } = options;
  positive('dice', 'smooth', smooth);
  if (softmax) {
    check('dice', 'ignoreIndex', ignoreIndex, Number.isSafeInteger, 'a whole number');
    return { kind: 'softDice', smooth, batch, background, ignoreIndex, ...common('dice', options) };
  }
  const surplus = (['batch', 'background', 'ignoreIndex'] as const).find((name) => options[name] !== undefined);
  if (surplus) wrong(`dice: ${surplus}`, 'softmax: true beside it', 'none', { hint: 'without softmax each logit is judged by itself' });
  return { kind: 'dice', smooth, ...common('dice', options) };
}

/** Options of the losses of boxes. */
export interface BoxIouOptions extends LossOptions {
  /**
   * IoU (Yu et al. 2016, arXiv 1608.01471), GIoU (Rezatofighi et al. 2019, arXiv 1902.09630), DIoU or CIoU (Zheng et al. 2020,
   * arXiv 1911.08287). Default 'ciou'.
   */
  readonly kind?: Overlap | undefined;
  /**
   * What the four numbers of predictions and targets are: left, top, right, bottom (`xyxy`); distances from a point to these edges
   * (`ltrb`); centre and size (`cxcywh`). Default 'xyxy'.
   */
  readonly form?: BoxForm | undefined;
  /** The dimension of the four numbers: 1 for [N, 4, A], -1 for [N, A, 4]. Default -1. */
  readonly dim?: 1 | -1 | undefined;
  /** What the sum is divided by, above 0. Default the sum of the weights; where that is 0, the loss is 0. */
  readonly divisor?: number | undefined;
}

const BOX_IOU = optionNames<BoxIouOptions>({ ...LOSS, kind: true, form: true, dim: true, divisor: true });

/**
 * 1 - IoU of boxes, or of what was made of it: the weighted mean over boxes, as torchvision's `generalized_box_iou_loss`,
 * `distance_box_iou_loss` and `complete_box_iou_loss` with the reduction 'none'. Predictions are [N, A, 4]; the target [N, A, 5] has the
 * weight of each box behind its four numbers, 0 for one that does not count. With `dim: 1` they are [N, 4, A] and [N, 5, A].
 * @throws ArgumentError as `crossEntropy`
 */
export function boxIou(options: BoxIouOptions = {}): Loss {
  checkOptions('boxIou', options, BOX_IOU);
  const { kind = 'ciou', form = 'xyxy', dim = -1 } = options;
  const of = oneOf('boxIou: kind', kind, Object.keys(OVERLAPS) as Overlap[]);
  oneOf('boxIou: form', form, Object.keys(BOX_FORMS) as BoxForm[]);
  oneOf('boxIou: dim', dim, [1, -1]);
  return { kind: 'boxIou', of, form, dim, ...weighting('boxIou', { ...options, weighted: true }), ...common('boxIou', options) };
}

function oneOf<Value extends string | number>(place: string, value: Value, all: readonly Value[]): Value {
  return all.includes(value) ? value : wrong(place, `one of ${all.join(', ')}`, showValue(value));
}
