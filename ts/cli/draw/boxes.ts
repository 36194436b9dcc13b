import { colours, overlay } from '../../entries/index.js';
import type { DetectedBox, RgbImage } from '../../entries/index.js';
import { CELL, inkAt } from './font.js';
import { placeLabels } from './labels.js';
import type { Area } from './labels.js';

type Colour = readonly [red: number, green: number, blue: number];

/**
 * A photo with boxes, each in the colour of its class, and its name and score: above it, or near by where another name is. The best is drawn
 * last, over the others; names are over all boxes.
 * @returns a new image
 */
export function drawBoxes(photo: RgbImage, boxes: readonly DetectedBox[]): RgbImage {
  let out: RgbImage = { ...photo, data: Uint8Array.from(photo.data) };
  const scale = Math.max(1, Math.round(Math.min(photo.width, photo.height) / 300));
  const most = boxes.reduce((index, box) => Math.max(index, box.index), 0);
  const palette = colours(Math.min(most, 65534) + 2);
  const texts = boxes.map(({ label, index, score }) => `${label ?? `class ${index}`} ${score.toFixed(2)}`);
  const areas = boxes.map(({ left, top, width, height }): Area => (
    { left: Math.round(left), top: Math.round(top), right: Math.round(left + width), bottom: Math.round(top + height) }
  ));
  const labels = placeLabels(photo, areas, texts.map((text) => ({ width: ([...text].length * CELL.width + 1) * scale, height: (CELL.height + 2) * scale })));
  const colourOf = ({ index }: DetectedBox): Colour => {
    // Class 0 is black in a palette whose first class is the background, as none is here.
    const at = 3 * (Math.min(index, 65534) + 1);
    return [palette[at]!, palette[at + 1]!, palette[at + 2]!];
  };
  for (const [i, box] of [...boxes.entries()].reverse()) {
    const colour = colourOf(box);
    if (box.mask) out = overlay(out, box.mask, { palette: Uint8Array.of(0, 0, 0, ...colour) });
    frame(out, areas[i]!, scale + 1, colour);
  }
  for (const [i, box] of [...boxes.entries()].reverse()) write(out, texts[i]!, labels[i]!, scale, colourOf(box));
  return out;
}

/** A frame inside of an area. */
function frame(image: RgbImage, { left, top, right, bottom }: Area, thick: number, colour: Colour): void {
  fill(image, { left, top, right, bottom: Math.min(bottom, top + thick) }, colour);
  fill(image, { left, top: Math.max(top, bottom - thick), right, bottom }, colour);
  fill(image, { left, top, right: Math.min(right, left + thick), bottom }, colour);
  fill(image, { left: Math.max(left, right - thick), top, right, bottom }, colour);
}

/** A line of text on a ground of its own. */
function write(image: RgbImage, text: string, area: Area, scale: number, ground: Colour): void {
  const { left: x, top: y } = area;
  fill(image, area, ground);
  const ink: Colour = isLight(ground) ? [0, 0, 0] : [255, 255, 255];
  [...text].forEach((character, i) => {
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
