import type { RawImage } from './types.js';

/**
 * Cyan, magenta, yellow and black to RGB: `(255 - ink) * (255 - black) / 255`, rounded, as Pillow and browsers do it without a profile.
 * @param channels - of `data`; those after the fourth (alpha) are left out
 */
export function inksToRgb(data: Uint8Array, channels: number, size: { readonly width: number; readonly height: number }): RawImage {
  const out = new Uint8Array(size.width * size.height * 3);
  for (let from = 0, to = 0; to < out.length; from += channels, to += 3) {
    const light = 255 - (data[from + 3] ?? 0);
    for (let c = 0; c < 3; c++) out[to + c] = Math.round(((255 - (data[from + c] ?? 0)) * light) / 255);
  }
  return { data: out, ...size, channels: 3 };
}
