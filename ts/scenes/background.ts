// What lies behind digits. All of it is brighter or darker than its surroundings by less than digits are, or has another form.
import { drawLine, rangeOn } from './canvas.js';
import type { Canvas } from './canvas.js';
import type { Draws } from './draws.js';
import { turnOf } from './angle.js';

/** A canvas of one value. */
export function blank(size: number, value: number): Canvas {
  return { width: size, height: size, data: new Float32Array(size * size).fill(value) };
}

/** From dark to light in some direction. @param most - largest difference between two corners */
export function addGradient({ width, height, data }: Canvas, draws: Draws, most: number): void {
  const { cos, sin } = turnOf(draws.between(-180, 180));
  const strength = draws.between(0, most);
  const length = width + height;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) data[at] = data[at]! + (strength * (cos * (2 * x - width) + sin * (2 * y - height))) / length;
  }
}

/** Clouds: random values at the corners of cells, smoothly joined (value noise). @param most - largest change of a pixel */
export function addClouds({ width, height, data }: Canvas, draws: Draws, most: number): void {
  const cells = draws.whole(2, 9);
  const strength = draws.between(0, most);
  const corners = Float32Array.from({ length: (cells + 1) * (cells + 1) }, () => draws.between(-strength, strength));
  for (let y = 0, at = 0; y < height; y++) {
    const [row, below] = cellOf(y, height, cells);
    for (let x = 0; x < width; x++, at++) {
      const [column, right] = cellOf(x, width, cells);
      const corner = row * (cells + 1) + column;
      const upper = corners[corner]! + right * (corners[corner + 1]! - corners[corner]!);
      const under = corners[corner + cells + 1]!;
      const lower = under + right * (corners[corner + cells + 2]! - under);
      data[at] = data[at]! + upper + below * (lower - upper);
    }
  }
}

/** The cell of a pixel, and how far it is through it, eased by 3 t^2 - 2 t^3. */
function cellOf(pixel: number, pixels: number, cells: number): readonly [number, number] {
  const place = ((pixel + 0.5) * cells) / pixels;
  const cell = Math.min(cells - 1, Math.floor(place));
  const t = place - cell;
  return [cell, t * t * (3 - 2 * t)];
}

/** Soft spots. @param most - largest change of a pixel */
export function addBlobs(canvas: Canvas, draws: Draws, count: number, most: number): void {
  const { width, height, data } = canvas;
  for (let blob = 0; blob < count; blob++) {
    const [x0, y0] = [draws.between(0, width), draws.between(0, height)];
    const [a, b] = [draws.between(0.04, 0.28) * width, draws.between(0.04, 0.28) * height];
    const strength = draws.sign() * draws.between(0.25, 1) * most;
    // Some have an edge, as things have; others fade.
    const steep = draws.chance(0.4) ? draws.between(2, 6) : 1;
    const { left, top, right, bottom } = rangeOn(canvas, x0 - a, y0 - b, x0 + a, y0 + b);
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const [u, v] = [(x + 0.5 - x0) / a, (y + 0.5 - y0) / b];
        const inside = 1 - u * u - v * v;
        if (inside <= 0) continue;
        const at = y * width + x;
        data[at] = data[at]! + strength * Math.min(1, steep * inside * inside);
      }
    }
  }
}

/** The value of a pen that stands out from what is at a place. */
function penAt({ width, height, data }: Canvas, x: number, y: number, draws: Draws, most: number): number {
  const [column, row] = [Math.min(width - 1, Math.max(0, Math.floor(x))), Math.min(height - 1, Math.max(0, Math.floor(y)))];
  return data[row * width + column]! + draws.sign() * draws.between(0.3, 1) * most;
}

/** Long thin lines and curves from one side to another: longer than a 1 is high, and thinner than it is then. */
export function addStrokes(canvas: Canvas, draws: Draws, count: number, most: number): void {
  const { width, height } = canvas;
  for (let stroke = 0; stroke < count; stroke++) {
    const { cos, sin } = turnOf(draws.between(-180, 180));
    const [x, y] = [draws.between(0, width), draws.between(0, height)];
    const reach = width + height;
    const bend = draws.between(-0.3, 0.3) * width;
    const radius = draws.between(0.4, 1.1);
    const pen = penAt(canvas, x, y, draws, most);
    // A parabola through (x, y), in pieces.
    const pieces = 16;
    const point = (t: number): readonly [number, number] => {
      const [along, aside] = [t * reach, bend * 4 * t * t];
      return [x + cos * along - sin * aside, y + sin * along + cos * aside];
    };
    for (let piece = 0; piece < pieces; piece++) {
      const [x0, y0] = point((2 * piece) / pieces - 1);
      const [x1, y1] = point((2 * piece + 2) / pieces - 1);
      drawLine(canvas, { x0, y0, x1, y1, radius }, pen, 0.7);
    }
  }
}

/** Scratches shorter than digits are high. */
export function addScratches(canvas: Canvas, draws: Draws, count: number, most: number): void {
  for (let scratch = 0; scratch < count; scratch++) {
    const [x0, y0] = [draws.between(0, canvas.width), draws.between(0, canvas.height)];
    const { cos, sin } = turnOf(draws.between(-180, 180));
    const length = draws.between(1, 8);
    const radius = draws.between(0.4, 1.4);
    drawLine(canvas, { x0, y0, x1: x0 + length * cos, y1: y0 + length * sin, radius }, penAt(canvas, x0, y0, draws, most), 0.8);
  }
}

/** Grain: to each pixel a random number, the sum of two even ones. @param most - the largest */
export function addNoise({ data }: Canvas, draws: Draws, most: number): void {
  const scale = most / 255;
  for (let at = 0; at < data.length; at += 2) {
    const word = draws.word();
    data[at] = data[at]! + scale * ((word & 255) + ((word >>> 8) & 255) - 255);
    if (at + 1 < data.length) data[at + 1] = data[at + 1]! + scale * (((word >>> 16) & 255) + (word >>> 24) - 255);
  }
}
