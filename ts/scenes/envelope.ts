// The envelope that a postal code is written on: paper, an address, a stamp with its postmark.
import { turnOf } from './angle.js';
import { addBlobs, addClouds, addGradient, addScratches, blank } from './background.js';
import { drawLine } from './canvas.js';
import type { Canvas, Range } from './canvas.js';
import type { Draws } from './draws.js';
import { CONTRAST, inkOn } from './ink.js';

/** Paper and pen. */
export interface Stationery {
  readonly canvas: Canvas;
  /** Value of the ink that all is written in. */
  readonly ink: number;
  /** Value of the paper. */
  readonly paper: number;
}

/**
 * @param code - where the code will be: nothing else is written there
 * @param clutter - how much there is beside the code, 0 to 1
 */
export function envelope(size: number, draws: Draws, code: Range, clutter: number): Stationery {
  // White, or brown, on which light ink is seen as well.
  const brown = draws.chance(0.3);
  const paper = brown ? draws.between(90, 160) : draws.between(170, 235);
  const contrast = draws.between(CONTRAST[0], CONTRAST[1]);
  const ink = inkOn(paper, contrast, brown && draws.chance(0.4) ? 1 : -1);
  const canvas = blank(size, paper);
  addGradient(canvas, draws, 30 * clutter);
  addClouds(canvas, draws, 14 * clutter);
  addBlobs(canvas, draws, draws.whole(0, Math.floor(2 * clutter)), 20);
  addScratches(canvas, draws, draws.whole(0, Math.floor(5 * clutter)), 35);
  if (draws.chance(0.7 * clutter)) addAddress(canvas, draws, code, paper + 0.75 * (ink - paper));
  if (draws.chance(0.5 * clutter)) addStamp(canvas, draws, code, paper);
  return { canvas, ink, paper };
}

/** Lines of writing, too small to be read. */
function addAddress(canvas: Canvas, draws: Draws, code: Range, pen: number): void {
  const { width, height } = canvas;
  const lines = draws.whole(1, 3);
  const pitch = draws.between(0.07, 0.1) * height;
  const [left, first] = [draws.between(0.02, 0.4) * width, draws.between(0.05, 0.9) * height];
  const tall = draws.between(1.5, 3);
  for (let line = 0; line < lines; line++) {
    const end = left + draws.between(0.25, 0.55) * width;
    let [x, y] = [left, first + line * pitch];
    while (x < end) {
      const [x1, y1] = [x + draws.between(1, 3.5), first + line * pitch + draws.between(-tall, tall)];
      const inCode = meets(code, { left: x, right: x1, top: first + line * pitch - tall, bottom: first + line * pitch + tall });
      // Between two words nothing is written.
      if (!draws.chance(0.12) && !inCode) drawLine(canvas, { x0: x, y0: y, x1, y1, radius: 0.45 }, pen, 0.8);
      [x, y] = [x1, y1];
    }
  }
}

const meets = (a: Range, b: Range): boolean => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** A stamp in a corner, with rings over it; none where the code is. */
function addStamp(canvas: Canvas, draws: Draws, code: Range, paper: number): void {
  const { width, height, data } = canvas;
  const [w, h] = [draws.between(0.14, 0.2) * width, draws.between(0.17, 0.24) * height];
  const [left, top] = [width - w - draws.between(1, 8), draws.between(1, 8)];
  if (meets(code, { left, top, right: left + w, bottom: top + h })) return;
  const value = paper - draws.between(25, 70);
  for (let y = Math.floor(top); y < top + h; y++) {
    for (let x = Math.floor(left); x < Math.min(width, left + w); x++) data[y * width + x] = value + draws.between(-12, 12);
  }
  const [x, y] = [left - draws.between(0, w), top + draws.between(0.3, 0.9) * h];
  for (const radius of [0.55 * h, 0.36 * h]) addRing(canvas, x, y, radius, paper - 80);
}

const SIDES = 24;

function addRing(canvas: Canvas, x: number, y: number, radius: number, value: number): void {
  for (let side = 0; side < SIDES; side++) {
    const [from, to] = [turnOf((360 * side) / SIDES - 180), turnOf((360 * (side + 1)) / SIDES - 180)];
    drawLine(canvas, { x0: x + radius * from.cos, y0: y + radius * from.sin, x1: x + radius * to.cos, y1: y + radius * to.sin, radius: 0.4 }, value, 0.6);
  }
}
