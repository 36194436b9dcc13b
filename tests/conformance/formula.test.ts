import { expect, test } from 'vitest';
import { formula, hash32, sampleIndices, seedOf } from '../golden/formula.js';

test.each([
  ['', 0, 0, 1, 0x74141c20, -0.093136296],
  ['a', 0, 0, 1, 0x6c4e37eb, -0.15386297],
  ['conv1.weight', 0, 0, 0.0818, 0x3f18c2f9, -0.041477248],
  ['conv1.weight', 9407, 0, 0.0818, 0xe696b74c, 0.06556062],
  ['bn1.running_var', 63, 1.15, 0.15, 0x5f1fc3e6, 1.1114736],
  ['café', 7, 1, 0.1, 0xe54acc0d, 1.0791345],
])('%s at %i', (name, index, offset, scale, hash, value) => {
  expect(hash32(seedOf(name), index)).toBe(hash);
  expect(formula(name, index + 1, offset, scale)[index]).toBe(Math.fround(value));
});

test('indices of a sample', () => {
  expect(sampleIndices('out', 1000, 6)).toEqual([326, 419, 975, 126, 383, 945]);
});
