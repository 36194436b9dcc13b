import { ShapeError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import { showShape, showValue } from '../base/show.js';
import type { Window } from '../contract/steps.js';
import type { ActivationWords, Effect, Op } from '../graph/op.js';
import type { Axis } from '../tensor/geometry.js';
import { axisIn } from '../tensor/shape.js';
import type { Shape } from '../tensor/shape.js';

/** For operators that can apply one activation where they store their output. */
export function absorbActivation<Attrs extends { readonly activation?: ActivationWords }>(
  make: (attrs: Attrs) => Op,
  attrs: Attrs,
  effect: Effect,
): Op | undefined {
  return effect.kind === 'activation' && attrs.activation === undefined ? make({ ...attrs, activation: effect.words }) : undefined;
}

/** The one input, which must be a map [N, C, H, W]. */
export function mapOf(inputs: readonly Shape[]): Shape {
  const shape = inputs[0] ?? [];
  if (shape.length === 4) return shape;
  wrong(undefined, 'a map [N, C, H, W]', showShape(shape), { as: ShapeError });
}

/** The map, whose channels must be as many. */
export function mapOfChannels(inputs: readonly Shape[], channels: number): Shape {
  const shape = mapOf(inputs);
  const got = shape[1] ?? null;
  if (got === null || got === channels) return shape;
  wrong(undefined, `${channels} input channels`, String(got), { as: ShapeError });
}

/** An axis index, counted from the end if negative. */
export function resolveAxis(axis: number, rank: number): number {
  const resolved = axisIn(axisIndex('axis', axis), rank);
  if (resolved !== undefined) return resolved;
  wrong(undefined, `an axis of ${rank} dimensions`, String(axis), { as: ShapeError });
}

/** The place is not known here: it is the layer's. */
function refuse(what: string, value: unknown, expected: string): never {
  const got = showValue(value);
  wrong(undefined, `${what} to be ${expected}`, got);
}

/** A whole number from `least` on. */
export function whole(what: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  return refuse(what, value, `a whole number from ${least} on`);
}

/** A number that is finite. */
export function finite(what: string, value: number): number {
  if (Number.isFinite(value)) return value;
  return refuse(what, value, 'a finite number');
}

/** A number from 0 to 1. */
export function share(what: string, value: number): number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value;
  return refuse(what, value, 'a number from 0 to 1');
}

/** A whole number, of either sign: the index of a dimension. */
export function axisIndex(what: string, value: number): number {
  if (Number.isSafeInteger(value)) return value;
  return refuse(what, value, 'a whole number');
}

/** One of some texts. */
export function oneOf<Word extends string>(what: string, value: Word, words: readonly Word[]): Word {
  if (words.includes(value)) return value;
  return refuse(what, value, words.join(' or '));
}

/** A window's attributes: pairs are [vertical, horizontal], pads [top, left, bottom, right]. */
export type WindowAttrs = {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly pad: readonly [number, number, number, number];
  readonly dilation: readonly [number, number];
  readonly ceil: boolean;
};

export function axesOf({ kernel, stride, pad, dilation, ceil }: WindowAttrs): [Axis, Axis] {
  const axis = (i: 0 | 1): Axis => ({
    kernel: kernel[i],
    stride: stride[i],
    before: pad[i],
    after: pad[(i + 2) as 2 | 3],
    dilation: dilation[i],
    ceil,
  });
  return [axis(0), axis(1)];
}

/** The window as it slides over a map of a shape. */
export function windowOver([, c = 0, h = 0, w = 0]: readonly number[], attrs: WindowAttrs): Window {
  return { ...attrs, c, h, w };
}
