import { turnOf } from './angle.js';
import type { Canvas } from './canvas.js';
import type { Digits, Inks } from './digits.js';
import type { Draws } from './draws.js';
import { glyphOf, partOf } from './glyph.js';
import { paintInk } from './ink.js';

/**
 * Bits of digits, which have no label: a corner of a digit's ink, always smaller than whole digits are, so that it can be told from them.
 * @param smallest - longer side of the smallest digit
 */
export function addBits(canvas: Canvas, draws: Draws, digits: Digits, inks: Inks, count: number, smallest: number): void {
  for (let bit = 0; bit < count; bit++) {
    const digit = draws.whole(0, digits.labels.length - 1);
    const { left, top, right, bottom } = partOf(inks, digit);
    // Half of it across and half of it down, from one of the four corners.
    const [width, height] = [Math.ceil((right - left) / 2), Math.ceil((bottom - top) / 2)];
    const [x0, y0] = [draws.chance(0.5) ? left : right - width, draws.chance(0.5) ? top : bottom - height];
    const part = { left: x0, top: y0, right: x0 + width, bottom: y0 + height };
    const scale = (draws.between(0.4, 0.75) * smallest) / Math.max(width, height);
    const pose = { x: draws.between(0, canvas.width), y: draws.between(0, canvas.height), scale, turn: turnOf(draws.between(-180, 180)), slant: 0 };
    paintInk(canvas, glyphOf(digits, digit, part, pose), draws, 0.8);
  }
}
