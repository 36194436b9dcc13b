import type { RawImage } from './types.js';

/**
 * Turns and mirrors stored pixels as EXIF's Orientation 1 to 8 says; any other number leaves them alone.
 * @returns a new image, or the argument where nothing is to be done
 */
export function turned(image: RawImage, orientation: number): RawImage {
  if (!(orientation >= 2 && orientation <= 8)) return image;
  const { data, width, height, channels } = image;
  const lies = orientation >= 5;
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBelow = [3, 4, 6, 7].includes(orientation);
  const alongRow = fromRight ? -1 : 1;
  const alongColumn = fromBelow ? -width : width;
  const first = (fromRight ? width - 1 : 0) + (fromBelow ? (height - 1) * width : 0);
  const [columns, rows] = lies ? [height, width] : [width, height];
  const [stepX, stepY] = lies ? [alongColumn, alongRow] : [alongRow, alongColumn];
  const out = new Uint8Array(data.length);
  for (let y = 0, to = 0; y < rows; y++) {
    for (let x = 0, pixel = first + y * stepY; x < columns; x++, pixel += stepX) {
      for (let c = 0; c < channels; c++) out[to++] = data[pixel * channels + c]!;
    }
  }
  return { data: out, width: columns, height: rows, channels };
}
