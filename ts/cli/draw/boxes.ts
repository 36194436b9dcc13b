import { colours, overlay } from '../../entries/index.js';
import type { DetectedBox, RgbImage } from '../../entries/index.js';
import { CELL, inkAt } from './font.js';

type Colour = readonly [red: number, green: number, blue: number];

/** A rectangle in whole pixels, its right and lower edge outside. */
interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * A photo with boxes, each in the colour of its class, and above it its name and score. The best is drawn last, over the others.
 * @returns a new image
 */
export function drawBoxes(photo: RgbImage, boxes: readonly DetectedBox[]): RgbImage {
  let out: RgbImage = { ...photo, data: Uint8Array.from(photo.data) };
  const scale = Math.max(1, Math.round(Math.min(photo.width, photo.height) / 300));
  const most = boxes.reduce((index, box) => Math.max(index, box.index), 0);
  const palette = colours(Math.min(most, 65534) + 2);
  for (const box of [...boxes].reverse()) {
    // Class 0 is black in a palette whose first class is the background, as none is here.
    const at = 3 * (Math.min(box.index, 65534) + 1);
    const colour: Colour = [palette[at]!, palette[at + 1]!, palette[at + 2]!];
    if (box.mask) out = overlay(out, box.mask, { palette: Uint8Array.of(0, 0, 0, ...colour) });
    const area = {
      left: Math.round(box.left), top: Math.round(box.top), right: Math.round(box.left + box.width), bottom: Math.round(box.top + box.height),
    };
    frame(out, area, scale + 1, colour);
    write(out, `${box.label ?? `class ${box.index}`} ${box.score.toFixed(2)}`, area, scale, colour);
  }
  return out;
}

/** A frame inside of an area. */
function frame(image: RgbImage, { left, top, right, bottom }: Area, thick: number, colour: Colour): void {
  fill(image, { left, top, right, bottom: Math.min(bottom, top + thick) }, colour);
  fill(image, { left, top: Math.max(top, bottom - thick), right, bottom }, colour);
  fill(image, { left, top, right: Math.min(right, left + thick), bottom }, colour);
  fill(image, { left: Math.max(left, right - thick), top, right, bottom }, colour);
}

/** A line of text on a ground of its own: above the area, or where that is outside of the photo, inside of it at the top. */
function write(image: RgbImage, text: string, { left, top }: Area, scale: number, ground: Colour): void {
  const characters = [...text];
  const [width, height] = [(characters.length * CELL.width + 1) * scale, (CELL.height + 2) * scale];
  const x = Math.max(0, Math.min(left, image.width - width));
  const y = Math.max(0, Math.min(top >= height ? top - height : top, image.height - height));
  fill(image, { left: x, top: y, right: x + width, bottom: y + height }, ground);
  const ink: Colour = isLight(ground) ? [0, 0, 0] : [255, 255, 255];
  characters.forEach((character, i) => {
    for (let row = 0; row < CELL.height; row++) {
      for (let column = 0; column < CELL.width; column++) {
        if (!inkAt(character, column, row)) continue;
        const [px, py] = [x + (i * CELL.width + column + 1) * scale, y + (row + 1) * scale];
        fill(image, { left: px, top: py, right: px + scale, bottom: py + scale }, ink);
      }
    }
  });
}

/** Rec. 601: whether black is read better on it than white. */
function isLight([red, green, blue]: Colour): boolean {
  return 0.299 * red + 0.587 * green + 0.114 * blue > 110;
}

function fill({ data, width, height }: RgbImage, { left, top, right, bottom }: Area, colour: Colour): void {
  const [from, to] = [Math.max(0, left), Math.min(width, right)];
  for (let y = Math.max(0, top); y < Math.min(height, bottom); y++) {
    for (let x = from; x < to; x++) data.set(colour, (y * width + x) * 3);
  }
}
