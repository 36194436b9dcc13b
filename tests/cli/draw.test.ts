/** Boxes and their names on pictures. */
import { describe, expect, it } from 'vitest';
import { drawBoxes } from '../../ts/cli/draw/boxes.js';
import { CELL, inkAt } from '../../ts/cli/draw/font.js';

const glyph = (character: string): string =>
  Array.from({ length: CELL.height }, (_, y) => Array.from({ length: CELL.width }, (__, x) => (inkAt(character, x, y) ? '#' : '.')).join('')).join('\n');

describe('letters', () => {
  const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));
  it('are all there, each other than the others, with space behind', () => {
    expect(new Set(printable.map(glyph)).size).toBe(95);
    for (const one of printable) expect(glyph(one)).toMatch(/^([.#]{5}\.\n?){8}$/);
    expect(glyph(' ')).not.toContain('#');
  });

  it('are what they are; of other alphabets they are a frame', () => {
    expect(glyph('A')).toBe('.###..\n#...#.\n#...#.\n#####.\n#...#.\n#...#.\n#...#.\n......');
    expect(glyph('q')).toBe('......\n......\n.####.\n#...#.\n#...#.\n.####.\n....#.\n....#.');
    for (const other of ['é', '개', '\u{1f415}', '\n']) expect(glyph(other)).toBe(glyph('\x7f'));
  });
});

describe('boxes', () => {
  const photo = { data: new Uint8Array(120 * 90 * 3).fill(50), width: 120, height: 90 };
  const at = ({ data }: typeof photo, x: number, y: number): number[] => Array.from(data.subarray((y * 120 + x) * 3, (y * 120 + x) * 3 + 3));
  const box = { left: 20.4, top: 30, width: 60, height: 40.2, score: 0.5, label: 'cat', index: 0 };

  it('are framed in the colour of their class, with their name above, on a copy', () => {
    const out = drawBoxes(photo, [box]) as typeof photo;
    expect(photo.data.every((value) => value === 50)).toBe(true);
    for (const [x, y] of [[20, 30], [79, 30], [20, 69], [79, 69], [50, 31], [21, 50]] as const) expect(at(out, x, y)).toEqual([128, 0, 0]);
    for (const [x, y] of [[19, 50], [80, 50], [50, 70], [50, 50]] as const) expect(at(out, x, y)).toEqual([50, 50, 50]);
    expect(at(out, 20, 20)).toEqual([128, 0, 0]);
    const ink = Array.from({ length: 10 * 50 }, (_, i) => at(out, 20 + (i % 50), 20 + Math.floor(i / 50))).filter(([red]) => red === 255);
    expect(ink.length).toBeGreaterThan(60);
  });

  it('over the edges, without a size and outside draw what is on the photo', () => {
    const odd = [
      { ...box, left: -40, top: -40, width: 300, height: 300 }, { ...box, width: 0, height: 0 }, { ...box, left: 500, top: 500 }, { ...box, label: undefined, index: 1e6 },
      { ...box, label: 'a name that is longer than the whole photo is wide' },
    ];
    expect(drawBoxes(photo, odd).data).toHaveLength(photo.data.length);
    const tiny = { data: new Uint8Array(3), width: 1, height: 1 };
    expect(drawBoxes(tiny, odd).data).toHaveLength(3);
  });

  it('with a mask are tinted where it is', () => {
    const mask = { data: Uint8Array.of(1, 0), width: 2, height: 1, left: 40, top: 50 };
    const out = drawBoxes(photo, [{ ...box, mask }]) as typeof photo;
    expect([at(out, 40, 50), at(out, 41, 50)]).toEqual([[89, 25, 25], [50, 50, 50]]);
  });
});
