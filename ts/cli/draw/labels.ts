/** A rectangle in whole pixels, its right and lower edge outside. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Where the names of boxes stand: the first first, each above its box, or where that is outside of the photo, inside of it at the top. Where
 * another name stands there it is the nearest place that is free; where none is, two names overlap.
 * @param sizes - of the names
 * @returns an area of that size for each, in the photo if it fits there
 */
export function placeLabels(photo: Size, boxes: readonly Area[], sizes: readonly Size[]): Area[] {
  const placed: Area[] = [];
  boxes.forEach(({ left, top }, i) => {
    const { width, height } = sizes[i]!;
    const x = Math.max(0, Math.min(left, photo.width - width));
    const y = Math.max(0, Math.min(top >= height ? top - height : top, photo.height - height));
    const at = nearestFree({ left: x, top: y, right: x + width, bottom: y + height }, photo, placed);
    placed.push({ left: at.left, top: at.top, right: at.left + width, bottom: at.top + height });
  });
  return placed;
}

/**
 * If there is room at all, then also where the area touches the edges of others or of the photo, or lies where it was wanted: only such places
 * are tried, nearest lines first.
 */
function nearestFree(wanted: Area, { width, height }: Size, taken: readonly Area[]): Pick<Area, 'left' | 'top'> {
  const [w, h] = [wanted.right - wanted.left, wanted.bottom - wanted.top];
  const lines = [wanted.top, 0, height - h, ...taken.flatMap(({ top, bottom }) => [top - h, bottom])].filter((top) => top >= 0 && top + h <= height);
  let [best, least] = [wanted, Infinity];
  for (const top of [...new Set(lines)].sort((a, b) => Math.abs(a - wanted.top) - Math.abs(b - wanted.top))) {
    const down = Math.abs(top - wanted.top);
    if (down >= least) break;
    const left = nearestInLine(wanted.left, w, width, taken.filter((other) => other.top < top + h && other.bottom > top));
    if (left === undefined || down + Math.abs(left - wanted.left) >= least) continue;
    [best, least] = [{ left, top, right: left + w, bottom: top + h }, down + Math.abs(left - wanted.left)];
  }
  return best;
}

/** The place nearest to the wanted one where so much of a line is free. */
function nearestInLine(wanted: number, length: number, full: number, taken: readonly Area[]): number | undefined {
  const ordered = [...taken].sort((a, b) => a.left - b.left);
  let [best, free] = [undefined as number | undefined, 0];
  for (const next of [...ordered.map(({ left, right }) => [left, right] as const), [full, full] as const]) {
    const at = Math.max(free, Math.min(wanted, next[0] - length));
    if (at + length <= next[0] && (best === undefined || Math.abs(at - wanted) < Math.abs(best - wanted))) best = at;
    free = Math.max(free, next[1]);
  }
  return best;
}
