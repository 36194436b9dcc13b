import type { RawImage } from './types.js';

/** Pixels as a decoder gives them: upright, and perhaps smaller than the photo. */
export interface Decoded extends RawImage {
  /** Size of the photo itself, upright. */
  readonly full: { readonly width: number; readonly height: number };
  /**
   * How many of the pixels the photo covers, where of the last column or row only a part belongs to it: an eighth of 1001 pixels is
   * given as 126, of which 125.125 are the photo. Absent: all.
   */
  readonly extent?: { readonly width: number; readonly height: number } | undefined;
  /** Of the bytes of a pixel. Absent: red first. */
  readonly order?: 'bgr' | undefined;
  /** Hands the memory back for the next photo: it must not be read afterwards. Absent: the memory is the pixels' own. */
  readonly release?: (() => void) | undefined;
}

/** What of a photo is wanted. */
export interface DecodeRequest {
  /** An encoded photo that announces more pixels is refused before it is decoded. */
  readonly maxPixels: number;
  /**
   * The smallest [height, width] that the upright photo may be given back in, which saves most of the decoding. It is twice what
   * the photo is resized to, so that the filter that comes after decides what the net sees. Absent: the photo is wanted whole,
   * every pixel as it is stored.
   */
  readonly least?: readonly [number, number] | undefined;
  /** Whether a path or URL may be named among what is taken: not where none is followed. Absent: yes. */
  readonly locations?: boolean | undefined;
}

/** Encoded photos may have so many pixels where nothing else is said: more than phones make, and 200 MB once decoded. */
export const DEFAULT_MAX_PIXELS = 50_000_000;
