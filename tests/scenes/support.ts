import type { Digits } from '../../ts/scenes/digits.js';

/**
 * Ten digits of the seven bars of a clock, 12 x 20 pixels in 28 x 28: pictures that need no file.
 * @param copies - how often each comes
 */
export function clockDigits(copies = 1): Digits {
  const [width, height] = [28, 28];
  const images = new Uint8Array(10 * copies * width * height);
  const labels = Uint8Array.from({ length: 10 * copies }, (_, i) => i % 10);
  labels.forEach((label, i) => {
    BARS.forEach(([left, top, right, bottom], bar) => {
      if (!((LIT[label]! >> bar) & 1)) return;
      for (let y = top; y < bottom; y++) images.fill(255, (i * height + y) * width + left, (i * height + y) * width + right);
    });
  });
  return { images, labels, width, height };
}

/** Top, upper left, upper right, middle, lower left, lower right, bottom: left, top, right, bottom of each. */
const BARS = [[8, 4, 20, 7], [8, 4, 11, 14], [17, 4, 20, 14], [8, 13, 20, 16], [8, 14, 11, 24], [17, 14, 20, 24], [8, 21, 20, 24]] as const;
/** Of each digit a bit for each bar that is lit. */
const LIT = [0b1110111, 0b0100100, 0b1011101, 0b1101101, 0b0101110, 0b1101011, 0b1111011, 0b0100101, 0b1111111, 0b1101111];

/** Words of 32 bits as one: FNV-1a (Fowler, Noll and Vo). */
export function hashOf(...lists: readonly ArrayLike<number>[]): number {
  let hash = 0x811c9dc5;
  for (const list of lists) {
    for (let i = 0; i < list.length; i++) hash = Math.imul(hash ^ list[i]!, 0x01000193);
  }
  return hash >>> 0;
}
