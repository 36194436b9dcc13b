import type { RgbImage } from '../../entries/index.js';
import type { Scene } from '../../entries/train-inline.js';

/** Colours of the digits, told apart by people who see colours otherwise, too (after Tol 2021, "Colour schemes"). */
const COLOURS = [
  [51, 34, 136], [136, 204, 238], [68, 170, 153], [17, 119, 51], [153, 153, 51],
  [221, 204, 119], [204, 102, 119], [136, 34, 85], [170, 68, 153], [238, 119, 51],
] as const;

/** Scenes in a row of a sheet. */
const COLUMNS = 4;
/** Pixels between two of them. */
const GAP = 2;

/** Scenes beside what is known of them, on one picture: four pairs in a row; pixels of digits are coloured by class, and boxes drawn. */
export function sheetOf(scenes: readonly Scene[]): RgbImage {
  const { width: w, height: h } = scenes[0] ?? { width: 1, height: 1 };
  const columns = Math.min(COLUMNS, Math.max(1, scenes.length));
  const sheet = { width: columns * 2 * (w + GAP), height: Math.max(1, Math.ceil(scenes.length / columns)) * (h + GAP) };
  const data = new Uint8Array(sheet.width * sheet.height * 3).fill(255);
  scenes.forEach((scene, i) => {
    const [left, top] = [(i % columns) * 2 * (w + GAP), Math.floor(i / columns) * (h + GAP)];
    const put = (x: number, y: number, colour: readonly number[]): void => data.set(colour, ((top + y) * sheet.width + left + x) * 3);
    for (let y = 0, at = 0; y < h; y++) {
      for (let x = 0; x < w; x++, at++) {
        const grey = scene.image[at]!;
        put(x, y, [grey, grey, grey]);
        put(x + w + GAP, y, explained(grey, scene.mask[at]!));
      }
    }
    for (const box of scene.boxes) {
      const colour = COLOURS[box.index]!;
      for (let x = 0; x < box.width; x++) [0, box.height - 1].forEach((y) => put(w + GAP + box.left + x, box.top + y, colour));
      for (let y = 0; y < box.height; y++) [0, box.width - 1].forEach((x) => put(w + GAP + box.left + x, box.top + y, colour));
    }
  });
  return { data, ...sheet };
}

/** The background paler, digits in their colours. */
function explained(grey: number, class_: number): readonly number[] {
  const pale = 150 + grey * 0.4;
  return class_ === 0 ? [pale, pale, pale] : COLOURS[class_ - 1]!.map((part) => 0.85 * part + 0.15 * grey);
}
