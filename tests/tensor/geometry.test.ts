import { expect, test } from 'vitest';
import { GeometryError } from '../../ts/base/errors.js';
import { outputSize } from '../../ts/tensor/geometry.js';
import cases from './geometry-cases.json';

test('there are cases', () => {
  expect(cases.length).toBeGreaterThan(100);
});

/** Positions were counted by sliding the window; null is a window without meaning. */
test.each(cases)('%j', ({ size, out, ...axis }) => {
  if (out === null) expect(() => outputSize(size, axis)).toThrow(GeometryError);
  else expect(outputSize(size, axis)).toBe(out);
});
