import { FormatError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';

/** Pixels of a PNG that are stored together: those at (x + i dx, y + j dy). */
export interface Pass {
  readonly columns: number;
  readonly rows: number;
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
}

/** Adam7: x, y, dx, dy of the seven passes. */
const ADAM7 = [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]] as const;

/** The passes that have pixels. */
export function passesOf(width: number, height: number, interlaced: boolean): readonly Pass[] {
  const all = interlaced ? ADAM7 : ([[0, 0, 1, 1]] as const);
  const passes = all.map(([x, y, dx, dy]) => ({ columns: Math.ceil((width - x) / dx), rows: Math.ceil((height - y) / dy), x, y, dx, dy }));
  return passes.filter(({ columns, rows }) => columns > 0 && rows > 0);
}

/**
 * Undoes the filters of rows, in place.
 * @param bytes - rows, each with the number of its filter before it
 * @param each - bytes of a row, without that number
 * @param back - bytes of a pixel: how far back the pixel to the left is
 * @throws FormatError for a filter that does not exist
 */
export function unfilter(bytes: Uint8Array, each: number, back: number, place: string): void {
  for (let row = 1; row < bytes.length; row += each + 1) {
    const filter = bytes[row - 1]!;
    if (filter > 4) wrong(place, 'an undamaged PNG file', `one with a filter ${filter}`, { as: FormatError });
    for (let i = 0; i < each; i++) {
      const left = i < back ? 0 : bytes[row + i - back]!;
      const above = row === 1 ? 0 : bytes[row + i - each - 1]!;
      const corner = row === 1 || i < back ? 0 : bytes[row + i - each - 1 - back]!;
      bytes[row + i]! += filter === 1 ? left : filter === 2 ? above : filter === 3 ? (left + above) >> 1 : filter === 4 ? paeth(left, above, corner) : 0;
    }
  }
}

/** Of the three neighbours the one that is nearest to left + above - corner. */
function paeth(left: number, above: number, corner: number): number {
  const [a, b, c] = [Math.abs(above - corner), Math.abs(left - corner), Math.abs(left + above - 2 * corner)];
  return a <= b && a <= c ? left : b <= c ? above : corner;
}
