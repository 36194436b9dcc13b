import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Seen } from '../../ts/queue/seen.js';

it('what is seen is what a set has', () => {
  fc.assert(fc.property(fc.array(fc.string({ maxLength: 2 })), (lines) => {
    const [seen, set] = [new Seen(), new Set<string>()];
    for (const line of lines) {
      expect(seen.add(line)).toBe(!set.has(line));
      set.add(line);
    }
    expect(seen.size).toBe(set.size);
  }));
});

it('a table that is enlarged keeps what it has', () => {
  const seen = new Seen();
  const lines = Array.from({ length: 20_000 }, (_, i) => `photos/${i}.jpg`);
  expect(lines.filter((line) => !seen.add(line))).toEqual([]);
  expect(lines.filter((line) => seen.add(line))).toEqual([]);
  expect(seen.size).toBe(20_000);
});
