import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { linesOf } from '../../ts/bytes/lines.js';
import type { Line } from '../../ts/bytes/lines.js';

async function read(text: string, size: number, most = 1000): Promise<Line[]> {
  const bytes = new TextEncoder().encode(text);
  async function* pieces(): AsyncGenerator<Uint8Array> {
    const room = new Uint8Array(size); // the same memory for each piece, as readers have it
    for (let at = 0; at < bytes.length; at += size) {
      const piece = bytes.subarray(at, at + size);
      room.set(piece);
      await Promise.resolve();
      yield room.subarray(0, piece.length);
    }
  }
  const lines: Line[] = [];
  for await (const line of linesOf(pieces(), most)) lines.push(line);
  return lines;
}

describe('lines', () => {
  it('are the same however they come in pieces, with their numbers, without those that are empty', async () => {
    const texts = fc.array(fc.stringMatching(/^[a-z가-힣 ]{0,9}$/), { maxLength: 12 });
    await fc.assert(fc.asyncProperty(texts, fc.integer({ min: 1, max: 7 }), async (lines, size) => {
      const expected = lines.map((line, i) => ({ number: i + 1, text: line.trim() })).filter(({ text }) => text !== '');
      expect(await read(lines.join('\n'), size)).toEqual(expected);
      expect(await read(lines.map((line) => `${line}\r\n`).join(''), size)).toEqual(expected);
    }));
  });

  it('that are too long are told, and the next one is read', async () => {
    expect(await read(`${'a'.repeat(11)}\nb\n${'c'.repeat(10)}\n${'d'.repeat(11)}`, 4, 10)).toEqual([
      { number: 1, text: undefined }, { number: 2, text: 'b' }, { number: 3, text: 'cccccccccc' }, { number: 4, text: undefined },
    ]);
  });
});
