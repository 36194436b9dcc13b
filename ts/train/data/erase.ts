import type { Area } from './affine.js';
import type { Draws } from './draws.js';

/** Part of the image that is erased, and the proportion of height to width: those of torchvision. */
const [MIN_AREA, MAX_AREA] = [0.02, 0.33];
const [MIN_RATIO, MAX_RATIO] = [0.3, 3.3];
/** Rectangles are drawn until one fits, but not more often. */
const TRIES = 10;
/** Numbers of a try: area, proportion, row, column. */
const NUMBERS = 4;

/**
 * Erases a rectangle of some examples (Zhong et al. 2017, arXiv 1708.04896), in place.
 * @param x - [N, channels, height, width]
 */
export function erase(x: Float32Array, n: number, area: Area, probability: number, draws: Draws, fill: readonly number[]): void {
  const chosen = draws.uniforms('erase');
  const numbers = draws.uniforms('eraseArea', TRIES * NUMBERS);
  const each = x.length / n;
  for (let i = 0; i < n; i++) {
    if (chosen[i]! >= probability) continue;
    const rectangle = rectangleOf(numbers.subarray(i * TRIES * NUMBERS, (i + 1) * TRIES * NUMBERS), area);
    if (rectangle) blank(x.subarray(i * each, (i + 1) * each), area, rectangle, fill);
  }
}

interface Rectangle extends Area {
  readonly top: number;
  readonly left: number;
}

function rectangleOf(numbers: Float32Array, { height, width }: Area): Rectangle | undefined {
  for (let at = 0; at < numbers.length; at += NUMBERS) {
    const [part, proportion, row, column] = numbers.subarray(at, at + NUMBERS) as unknown as [number, number, number, number];
    const pixels = (MIN_AREA + part * (MAX_AREA - MIN_AREA)) * height * width;
    const ratio = MIN_RATIO * (MAX_RATIO / MIN_RATIO) ** proportion;
    const rows = Math.round(Math.sqrt(pixels * ratio));
    const columns = Math.round(Math.sqrt(pixels / ratio));
    if (rows < 1 || columns < 1 || rows >= height || columns >= width) continue;
    return { height: rows, width: columns, top: Math.floor(row * (height - rows + 1)), left: Math.floor(column * (width - columns + 1)) };
  }
  return undefined;
}

function blank(x: Float32Array, { height, width }: Area, rectangle: Rectangle, fill: readonly number[]): void {
  const channels = x.length / (height * width);
  for (let channel = 0; channel < channels; channel++) {
    for (let row = rectangle.top; row < rectangle.top + rectangle.height; row++) {
      const at = (channel * height + row) * width + rectangle.left;
      x.fill(fill[channel] ?? fill[0]!, at, at + rectangle.width);
    }
  }
}
