/** Box coders against torchvision's. */
import { describe, expect, test } from 'vitest';
import { ArgumentError, ShapeError } from '../../ts/base/errors.js';
import { boxCoder, cxcywhCoder, ltrbCoder } from '../../ts/detection/coders.js';
import type { BoxCoder } from '../../ts/detection/coders.js';
import golden from './golden/coders.json';

interface Case {
  readonly name: string;
  readonly weights: readonly number[] | null;
  readonly encoded: readonly number[];
  readonly decoded: readonly number[];
}

const [boxes, anchors, codes] = [golden.boxes, golden.anchors, golden.codes].map((list) => Float32Array.from(list)) as [Float32Array, Float32Array, Float32Array];

const CODERS: Readonly<Record<string, (weights: readonly number[] | undefined) => BoxCoder>> = { ltrb: ltrbCoder, cxcywh: cxcywhCoder, box: boxCoder };

function expectClose(got: Float32Array, expected: readonly number[]): void {
  expect(got).toHaveLength(expected.length);
  const far = expected.flatMap((value, i) => (Math.abs(got[i]! - value) <= 2e-6 * (1 + Math.abs(value)) ? [] : [`${i}: ${got[i]}, expected ${value}`]));
  expect(far).toEqual([]);
}

describe.each(golden.cases as readonly Case[])('$name, weights $weights', ({ name, weights, encoded, decoded }) => {
  const coder = CODERS[name]!(weights ?? undefined);

  test('encodes as torchvision', () => expectClose(coder.encode(boxes, anchors), encoded));
  test('decodes as torchvision', () => expectClose(coder.decode(codes, anchors), decoded));
  test('decodes what it has encoded', () => {
    const back = coder.decode(coder.encode(boxes, anchors), anchors);
    // A code that is a thousandth of the distance loses three digits of it.
    back.forEach((value, i) => expect(Math.abs(value - boxes[i]!)).toBeLessThanOrEqual(1e-4));
  });
});

test('every coder has a case', () => {
  expect(new Set(golden.cases.map(({ name }) => name))).toEqual(new Set(Object.keys(CODERS)));
});

test('no boxes are no codes', () => {
  expect(ltrbCoder().encode(new Float32Array(0), new Float32Array(0))).toEqual(new Float32Array(0));
});

test('lengths that do not fit, and weights without meaning, are refused', () => {
  expect(() => ltrbCoder().encode(new Float32Array(5), new Float32Array(4))).toThrow(ShapeError);
  expect(() => ltrbCoder().decode(new Float32Array(8), new Float32Array(4))).toThrow('decode: anchors: expected 2, one for each box, got 1');
  for (const weights of [[1, 1, 1], [1, 1, 1, 0], [1, 1, 1, Number.NaN]]) expect(() => boxCoder(weights)).toThrow(ArgumentError);
});
