/** Grey values row by row. */
export interface Grey {
  /** height * width values from 0 (black) to 255. */
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** Ink that differs less from its background is shadow or noise. */
const MIN_CONTRAST = 24;
/** Standard deviations of the background that count as background. */
const NOISE = 3;
/** The part of the ink that is not full. */
const FULL = 0.7;
/** How often the background is fitted again to what it left as background. */
const FITS = 3;

/**
 * How much ink is in each pixel, 0 to 1, whether dark on light or light on dark: what differs from a background that may be lighter
 * on one side. Undefined where nothing differs.
 */
export function inkOf(grey: Grey): Float32Array | undefined {
  const { data } = grey;
  const first = otsu(data);
  const dark = isLightAround(grey, first);
  let isBackground = (i: number): boolean => (dark ? data[i]! > first : data[i]! <= first);
  let ink = new Float32Array(0);
  for (let fit = 0; fit < FITS; fit++) {
    const plane = fitPlane(grey, isBackground);
    const difference = data.map((value, i) => {
      const expected = plane[0] + plane[1] * (i % grey.width) + plane[2] * Math.floor(i / grey.width);
      return dark ? expected - value : value - expected;
    });
    const threshold = otsu(difference);
    isBackground = (i) => difference[i]! <= threshold;
    ink = difference;
  }
  const [mean, spread, level] = levels(ink, isBackground);
  if (!(level - mean >= MIN_CONTRAST)) return undefined;
  const least = mean + NOISE * spread;
  return ink.map((value) => (value <= least ? 0 : Math.min(1, (value - mean) / (level - mean))));
}

/** The value that separates dark from light best (Otsu 1979): values up to it are one class. */
export function otsu(values: Float32Array): number {
  const counts = new Float64Array(256);
  for (const value of values) counts[Math.min(255, Math.max(0, Math.round(value)))]!++;
  const total = counts.reduce((sum, count, value) => sum + count * value, 0);
  let [best, threshold, below, sum] = [-1, 0, 0, 0];
  for (let value = 0; value < 255; value++) {
    below += counts[value]!;
    sum += counts[value]! * value;
    const above = values.length - below;
    if (below === 0 || above === 0) continue;
    const between = below * above * (sum / below - (total - sum) / above) ** 2;
    // Values are rounded for the histogram: the border lies in the middle.
    if (between > best) [best, threshold] = [between, value + 0.5];
  }
  return threshold;
}

/** Whether most of the outermost pixels are light: then the ink is dark. */
function isLightAround({ data, width, height }: Grey, threshold: number): boolean {
  let [light, all] = [0, 0];
  for (let row = 0; row < height; row++) {
    const step = row === 0 || row === height - 1 ? 1 : Math.max(1, width - 1);
    for (let column = 0; column < width; column += step, all++) if (data[row * width + column]! > threshold) light++;
  }
  return 2 * light > all;
}

/** Least squares: value = p[0] + p[1] * column + p[2] * row, over the pixels of the background. */
function fitPlane({ data, width }: Grey, isBackground: (i: number) => boolean): [number, number, number] {
  let [n, x, y, xx, xy, yy, v, vx, vy] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  data.forEach((value, i) => {
    if (!isBackground(i)) return;
    const [column, row] = [i % width, Math.floor(i / width)];
    n++;
    x += column;
    y += row;
    xx += column * column;
    xy += column * row;
    yy += row * row;
    v += value;
    vx += value * column;
    vy += value * row;
  });
  // About the means the normal equations are two.
  const [cxx, cxy, cyy] = [xx - (x * x) / n, xy - (x * y) / n, yy - (y * y) / n];
  const [cvx, cvy] = [vx - (v * x) / n, vy - (v * y) / n];
  const determinant = cxx * cyy - cxy * cxy;
  // Too few pixels, or all in a line: no slope.
  if (!(determinant > 1e-6 * cxx * cyy)) return [n > 0 ? v / n : 0, 0, 0];
  const across = (cvx * cyy - cvy * cxy) / determinant;
  const down = (cvy * cxx - cvx * cxy) / determinant;
  return [(v - across * x - down * y) / n, across, down];
}

/** Mean and standard deviation of the background, and what is full ink: the edges of strokes are less. */
function levels(values: Float32Array, isBackground: (i: number) => boolean): [number, number, number] {
  let [n, sum, squares] = [0, 0, 0];
  const ink = values.filter((value, i) => {
    if (!isBackground(i)) return true;
    [n, sum, squares] = [n + 1, sum + value, squares + value * value];
    return false;
  });
  const mean = sum / n;
  const full = ink.sort()[Math.floor(FULL * ink.length)];
  return [mean, Math.sqrt(Math.max(0, squares / n - mean * mean)), full ?? mean];
}
