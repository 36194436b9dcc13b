import { expect, test } from 'vitest';
import { halfBits } from '../../ts/formats/narrow.js';
import { halfToFloatBits } from '../../ts/formats/widen.js';

const toFloat = (half: number): number => new Float32Array(Uint32Array.of(halfToFloatBits(half)).buffer)[0]!;

test('every half comes back as itself', () => {
  for (let half = 0; half < 0x10000; half++) {
    const value = toFloat(half);
    if (Number.isNaN(value)) expect(Number.isNaN(toFloat(halfBits(value)))).toBe(true);
    else if (halfBits(value) !== half) throw new Error(`${half} became ${halfBits(value)}`);
  }
});

test('what lies between goes to the nearest, ties to even', () => {
  for (let half = 0; half < 0x7bff; half++) {
    const [low, high] = [toFloat(half), toFloat(half + 1)];
    const middle = (low + high) / 2;
    expect(halfBits(middle)).toBe(half % 2 === 0 ? half : half + 1);
    expect(halfBits(low + (high - low) * 0.51)).toBe(half + 1);
    expect(halfBits(low + (high - low) * 0.49)).toBe(half);
  }
  expect([65519, 65520, 1e9, -1e9, 1e-9, -1e-9].map(halfBits)).toEqual([0x7bff, 0x7c00, 0x7c00, 0xfc00, 0, 0x8000]);
});
