/** Codes after an escape byte of 0; larger ones count literal pixels. */
const END_OF_LINE = 0;
const END_OF_BITMAP = 1;
const DELTA = 2;

/**
 * Run-length code of bitmaps (RLE8, or RLE4 with two pixels a byte), in the order of the file.
 *
 * @param put - takes a column, a row in the order of the file, and the colour's index; never called outside of the picture
 * @returns false where the code ends before the picture does
 */
export function unpackRle(
  bytes: Uint8Array,
  start: number,
  nibbles: boolean,
  width: number,
  height: number,
  put: (x: number, y: number, index: number) => void,
): boolean {
  let x = 0;
  let y = 0;
  const pixel = (byte: number, i: number): void => {
    if (x < width && y < height) put(x, y, !nibbles ? byte : i & 1 ? byte & 15 : byte >> 4);
    x++;
  };
  for (let at = start; at + 1 < bytes.length; ) {
    const count = bytes[at++]!;
    const value = bytes[at++]!;
    if (count > 0) {
      for (let i = 0; i < count; i++) pixel(value, i);
    } else if (value === END_OF_LINE) {
      x = 0;
      y++;
    } else if (value === END_OF_BITMAP) {
      return true;
    } else if (value === DELTA) {
      x += bytes[at++] ?? 0;
      y += bytes[at++] ?? 0;
    } else {
      const length = nibbles ? (value + 1) >> 1 : value;
      if (at + length > bytes.length) return false;
      for (let i = 0; i < value; i++) pixel(bytes[at + (nibbles ? i >> 1 : i)]!, i);
      at += length + (length & 1); // literals fill whole words
    }
    if (y >= height) return true;
  }
  return y === height - 1 && x >= width;
}
