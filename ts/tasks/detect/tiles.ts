import { checkOptions, optionNames } from '../../base/options.js';
import { showShape, showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import type { Decoded } from '../../image/decoded.js';
import { pair } from '../../image/spec.js';
import type { Size } from '../../image/types.js';

/** How a large photo is looked at piece by piece. */
export interface TileOptions {
  /** Pixels of the photo: a number for squares, or [height, width]. Larger than the photo is as large as the photo. */
  readonly size: Size;
  /**
   * What a tile has in common with the next, as a share of its size: 0 to 0.9. Best at least as large as what is looked for: then some tile
   * holds it whole. Larger things are put together of their parts. Default 0.2.
   */
  readonly overlap?: number | undefined;
}

/** A part of a photo. */
export interface Tile {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const OPTIONS = optionNames<TileOptions>({ size: true, overlap: true });

/** More would take hours: the size is a mistake. */
const MOST_TILES = 4096;

/** @throws ArgumentError for what has no meaning */
export function checkTiles(tiles: TileOptions): void {
  checkOptions('tiles', tiles, OPTIONS);
  const { size, overlap = 0 } = tiles;
  const sides: unknown = typeof size === 'number' ? [size, size] : size;
  if (!Array.isArray(sides) || sides.length !== 2 || !sides.every((side) => Number.isInteger(side) && side >= 1)) {
    wrong('tiles.size', 'a whole number of pixels from 1 on, or [height, width]', Array.isArray(size) ? showShape(size) : showValue(size));
  }
  if (!(typeof overlap === 'number' && overlap >= 0 && overlap <= 0.9)) wrong('tiles.overlap', 'a number from 0 to 0.9', showValue(overlap));
}

/**
 * Tiles that cover a photo, by rows; the last of a row or column ends with the photo.
 * @throws ArgumentError for more of them than make sense
 */
export function tilesOf(photo: Pick<Tile, 'width' | 'height'>, { size, overlap = 0.2 }: TileOptions): readonly Tile[] {
  const [height, width] = pair(size);
  const rows = starts(photo.height, height, overlap);
  const columns = starts(photo.width, width, overlap);
  const count = rows.length * columns.length;
  if (!(count <= MOST_TILES)) wrong('tiles.size', `at most ${MOST_TILES} tiles`, `${count} for ${photo.width} x ${photo.height} pixels`);
  const [w, h] = [Math.min(width, photo.width), Math.min(height, photo.height)];
  return rows.flatMap((top) => columns.map((left) => ({ left, top, width: w, height: h })));
}

function starts(full: number, size: number, overlap: number): readonly number[] {
  const last = Math.max(0, full - size);
  const step = Math.max(1, Math.floor(size * (1 - overlap)));
  return Array.from({ length: Math.ceil(last / step) + 1 }, (_, i) => Math.min(last, i * step));
}

/** The pixels of a tile. */
export function cut(photo: Decoded, { left, top, width, height }: Tile): Decoded {
  const { data, channels, order } = photo;
  const out = new Uint8Array(width * height * channels);
  for (let row = 0; row < height; row++) {
    const from = ((top + row) * photo.width + left) * channels;
    out.set(data.subarray(from, from + width * channels), row * width * channels);
  }
  return { data: out, width, height, channels, order, full: { width, height } };
}
