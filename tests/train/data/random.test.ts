import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ArgumentError } from '../../../ts/base/errors.js';
import { philox4x32, PURPOSES, Words } from '../../../ts/train/data/philox.js';
import { permutation, seededRandom } from '../../../ts/train/data/random.js';

const hash = (words: Iterable<number>): number => [...words].reduce((sum, word) => (Math.imul(sum, 31) + word) >>> 0, 0);
const bits = (floats: Float32Array): Uint32Array => new Uint32Array(floats.buffer, floats.byteOffset, floats.length);

/** `kat_vectors` of Random123: counter, key, words. */
test.each([
  [[0, 0, 0, 0], [0, 0], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]],
  [[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]],
  [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]],
] as const)('published vector of the counter %j', (counter, key, expected) => {
  const words = new Uint32Array(4);
  philox4x32(key, counter, words);
  expect([...words]).toEqual(expected);
});

test('the words that the kernels pin', () => {
  const words = (): Words => new Words(0x123456789abcdef0n, PURPOSES.dropout, 3, 5);
  expect([...permutation(words(), 8)]).toEqual([6, 7, 1, 5, 2, 0, 3, 4]);
  const stream = words();
  expect([...bits(Float32Array.from({ length: 6 }, () => stream.uniform()))]).toEqual([0x3f1203f4, 0x3f0c5ee7, 0x3deee168, 0x3f039df7, 0x3e65e710, 0x3f1ca37e]);
});

/** Printed by the kernels: the first indices, and of all of them sum = 31 sum + index. */
test.each([
  [0n, 0, 10, [2, 8, 3, 6, 9, 5, 4, 7, 0, 1], 258163529],
  [7n, 3, 12, [2, 10, 6, 1, 5, 9, 11, 4, 3, 7, 8, 0], 617379548],
  [0x123456789abcdef0n, 5, 8, [6, 1, 4, 7, 3, 2, 0, 5], 2875503650],
  [0xffffffffffffffffn, 0xffffffff, 9, [0, 1, 3, 4, 8, 5, 6, 2, 7], 232413644],
  [7n, 1, 1000, [609, 431, 151, 731, 748, 84, 836, 362, 930, 384, 993, 90], 2063270286],
  [7n, 1, 100_000, [6328, 97445, 39205, 46212, 92010, 97277, 83758, 81180, 80558, 88307, 36492, 43313], 2145339310],
])('permutation of seed %s, round %s, length %s', (seed, round, length, first, sum) => {
  const order = seededRandom(seed).permutation(round, length);
  expect([...order.subarray(0, 12)]).toEqual(first);
  expect(hash(order)).toBe(sum);
});

/** Printed by the kernels: the bits of the first numbers, and of all of them sum = 31 sum + bits. */
test.each([
  [0n, 0, 0, 6, [0x3e9af64a, 0x3f575ee2, 0x3e1af07c, 0x3f464d81, 0x3f06865c, 0x3e670ce4], 3037738789],
  [7n, 2, 9, 6, [0x3f0c83cd, 0x3ee02622, 0x3f7b2e3c, 0x3f059eda, 0x3f155330, 0x3e5f03a8], 4010924171],
  [0x123456789abcdef0n, 3, 5, 6, [0x3e8c4a70, 0x3e7533d4, 0x3f487258, 0x3e458b84, 0x3e7e34f8, 0x3eccdcc8], 3084399968],
  [0xffffffffffffffffn, 0xffffffff, 0xffffffff, 6, [0x3d51fdc0, 0x3f2b5262, 0x3f7899f8, 0x3eff8a6e, 0x3e83f26c, 0x3f56bb37], 733686755],
  [7n, 1, 4, 1003, [0x3f3577f3, 0x3f0a8203, 0x3c4692c0, 0x3f1b2b23, 0x3e3c7de0, 0x3eb38f2a], 3380775084],
])('uniforms of seed %s, stream %s, round %s, length %s', (seed, stream, round, length, first, sum) => {
  const numbers = seededRandom(seed).uniforms(stream, round, length);
  expect([...bits(numbers).subarray(0, 6)]).toEqual(first);
  expect(hash(bits(numbers))).toBe(sum);
});

test('a number and a bigint of the same value are the same seed', () => {
  expect(seededRandom(9).uniforms(1, 2, 5)).toEqual(seededRandom(9n).uniforms(1, 2, 5));
});

test('permutations hold every index once, and all positions equally', () => {
  const counts = new Float64Array(25);
  for (let round = 0; round < 20_000; round++) {
    const order = seededRandom(5).permutation(round, 5);
    expect([...order].sort()).toEqual([0, 1, 2, 3, 4]);
    order.forEach((value, at) => counts[5 * at + value]!++);
  }
  // 4000 expected, with a standard deviation of 57.
  for (const count of counts) expect(Math.abs(count - 4000)).toBeLessThan(300);
  expect(seededRandom(1).permutation(0, 0)).toHaveLength(0);
});

test('numbers below a bound stay below it', () => {
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), fc.integer({ min: 1, max: 0xffffffff }), (seed, bound) => {
    const words = new Words(seed, 0, 0, 0);
    for (let i = 0; i < 20; i++) {
      const value = words.below(bound);
      expect(Number.isInteger(value) && value >= 0 && value < bound).toBe(true);
    }
  }));
});

test.each([-1, 1.5, NaN, 2 ** 53, -1n, 1n << 64n, '7', undefined])('%s is no seed', (seed) => {
  expect(() => seededRandom(seed as number)).toThrow(ArgumentError);
});
