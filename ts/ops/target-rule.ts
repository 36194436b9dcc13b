import { ShapeError, UnsupportedError } from '../base/errors.js';
import { showShape } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import type { BoxRule } from '../contract/train/steps.js';
import type { Shape } from '../tensor/shape.js';
import { finite, whole } from './common.js';

/** Which boxes are matched with true ones, which of them are drawn, and how offsets are encoded. */
export type TargetRule = {
  /** From this overlap on a box matches a true one. */
  readonly matchFrom: number;
  /** Below this overlap a box is background; between the two it does not count. */
  readonly backgroundBelow: number;
  /** Whether the boxes that overlap a true one most match it, however little that is. */
  readonly lowQuality: boolean;
  /** Boxes of an image that are drawn, at most. */
  readonly samples: number;
  /** The part of them that is matched, at most. */
  readonly positive: number;
  /** What offsets of centre x, centre y, width and height are multiplied by. */
  readonly weights: readonly [number, number, number, number];
};

/** More boxes of an image than this are a mistake. */
const MAX_SAMPLES = 2 ** 20;

/** @throws ArgumentError for overlaps and parts that are none */
export function checkTargetRule({ matchFrom, backgroundBelow, samples, positive }: TargetRule): void {
  for (const [what, value] of [['matchThreshold', matchFrom], ['backgroundThreshold', backgroundBelow], ['positiveFraction', positive]] as const) {
    if (finite(what, value) < 0 || value > 1) refuse(what, 'a number from 0 to 1', String(value));
  }
  if (backgroundBelow > matchFrom) refuse('backgroundThreshold', `at most matchThreshold, ${matchFrom}`, String(backgroundBelow));
  if (whole('samplesPerImage', samples, 1) > MAX_SAMPLES) refuse('samplesPerImage', `at most ${MAX_SAMPLES}`, String(samples));
}

function refuse(what: string, expected: string, got: string): never {
  wrong(undefined, `${what} to be ${expected}`, got);
}

/** The rule as the engine takes it. */
export function targetRule({ weights: [left, top, right, bottom], ...rule }: TargetRule): BoxRule {
  return { ...rule, weights: { left, top, right, bottom } };
}

/** N and T of true boxes [N, T, 5]. @throws ShapeError */
export function truthsOf(shape: Shape = []): readonly [number | null, number | null] {
  const [n = null, most = null, width] = shape;
  if (shape.length === 3 && (width === 5 || width === null) && most !== 0) return [n, most];
  return wrong(undefined, 'true boxes [N, T, 5]', showShape(shape), { as: ShapeError });
}

/** What an operator of training alone does in a model for inference. */
export function onlyTrained(type: string): never {
  throw new UnsupportedError(`${type} is computed while a network learns, not at inference`, { hint: 'give the graph for inference the weights that were learned' });
}
