/** Pixels from `top` and `left` on. */
export interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** A pixel with less ink is an edge. */
const MIN_INK = 0.25;
/** Pieces smaller than this part of the largest are specks. */
const SPECK = 0.05;

/**
 * Removes specks from the ink, in place, and gives the box that the strokes fill; undefined for no ink.
 * @param ink - [height, width], 0 to 1
 */
export function strokesOf(ink: Float32Array, width: number): Box | undefined {
  const { pieces, sizes } = connected(ink, width);
  const largest = Math.max(...sizes);
  if (sizes.length === 1) return undefined;
  let [top, left, bottom, right] = [Infinity, Infinity, -1, -1];
  pieces.forEach((piece, i) => {
    if (piece === 0) return;
    if (sizes[piece]! < SPECK * largest) {
      ink[i] = 0;
      return;
    }
    const [row, column] = [Math.floor(i / width), i % width];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
    [left, right] = [Math.min(left, column), Math.max(right, column)];
  });
  return { top, left, height: bottom - top + 1, width: right - left + 1 };
}

/** The number of the piece each pixel belongs to, 0 for no ink; pieces touch at sides or corners. */
function connected(ink: Float32Array, width: number): { pieces: Int32Array; sizes: number[] } {
  const pieces = new Int32Array(ink.length);
  const sizes = [0];
  const waiting: number[] = [];
  const visit = (i: number, piece: number): void => {
    if (pieces[i] !== 0 || !(ink[i]! >= MIN_INK)) return;
    pieces[i] = piece;
    sizes[piece]!++;
    waiting.push(i);
  };
  for (let start = 0; start < ink.length; start++) {
    if (pieces[start] !== 0 || !(ink[start]! >= MIN_INK)) continue;
    const piece = sizes.push(0) - 1;
    visit(start, piece);
    for (let i = waiting.pop(); i !== undefined; i = waiting.pop()) {
      const column = i % width;
      for (const row of [i - width, i, i + width]) {
        if (row < 0 || row >= ink.length) continue;
        if (column > 0) visit(row - 1, piece);
        visit(row, piece);
        if (column < width - 1) visit(row + 1, piece);
      }
    }
  }
  return { pieces, sizes };
}
