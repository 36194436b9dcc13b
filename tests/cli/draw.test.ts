/** Boxes and their names on pictures. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawBoxes } from '../../ts/cli/draw/boxes.js';
import { CELL, inkAt } from '../../ts/cli/draw/font.js';
import { placeLabels } from '../../ts/cli/draw/labels.js';
import type { Area } from '../../ts/cli/draw/labels.js';

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

describe('names', () => {
  const overlap = (a: Area, b: Area): boolean => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const inside = ({ left, top, right, bottom }: Area, { width, height }: { width: number; height: number }): boolean => left >= 0 && top >= 0 && right <= width && bottom <= height;
  const size = fc.record({ width: fc.integer({ min: 1, max: 60 }), height: fc.constant(10) });

  it('stand above their boxes, at the top of the photo inside', () => {
    const [photo, sizes] = [{ width: 100, height: 80 }, [{ width: 30, height: 10 }, { width: 30, height: 10 }]];
    const boxes = [{ left: 20, top: 40, right: 60, bottom: 70 }, { left: 80, top: 5, right: 99, bottom: 20 }];
    expect(placeLabels(photo, boxes, sizes)).toEqual([{ left: 20, top: 30, right: 50, bottom: 40 }, { left: 70, top: 5, right: 100, bottom: 15 }]);
  });

  it('of boxes in one place stand around it, each where it is next to it', () => {
    const box = { left: 20, top: 40, right: 60, bottom: 70 };
    const got = placeLabels({ width: 100, height: 80 }, [box, box, box], [1, 2, 3].map(() => ({ width: 30, height: 10 })));
    expect(got.map(({ left, top }) => [left, top])).toEqual([[20, 30], [20, 20], [20, 40]]);
  });

  it('are in the photo, and do not overlap where lines have room for all', () => {
    const boxes = fc.array(fc.tuple(fc.integer({ min: -20, max: 320 }), fc.integer({ min: -20, max: 220 }), size), { minLength: 1, maxLength: 10 });
    fc.assert(fc.property(boxes, (drawn) => {
      const photo = { width: 300, height: 200 };
      const areas = drawn.map(([left, top]) => ({ left, top, right: left + 50, bottom: top + 50 }));
      const got = placeLabels(photo, areas, drawn.map(([, , each]) => each));
      // Each of nine stands in the way of 19 lines in 200 at most, so one line of 191 is free of the others.
      got.forEach((area, i) => {
        expect([area.right - area.left, area.bottom - area.top]).toEqual([drawn[i]![2].width, 10]);
        expect(inside(area, photo)).toBe(true);
        expect(got.some((other, j) => j !== i && overlap(area, other))).toBe(false);
      });
    }), { numRuns: 300 });
  });

  it('find the one place that is left, and share where none is', () => {
    const photo = { width: 60, height: 20 };
    const corner = { left: 0, top: 0, right: 60, bottom: 20 };
    const four = placeLabels(photo, [1, 2, 3, 4].map(() => corner), [1, 2, 3, 4].map(() => ({ width: 30, height: 10 })));
    expect(new Set(four.map(({ left, top }) => `${left} ${top}`))).toEqual(new Set(['0 0', '30 0', '0 10', '30 10']));
    expect(placeLabels(photo, [corner, corner], [corner, corner].map(() => ({ width: 40, height: 15 })))).toEqual([1, 2].map(() => ({ left: 0, top: 0, right: 40, bottom: 15 })));
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
