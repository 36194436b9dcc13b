import { toBytes } from './canvas.js';
import type { Canvas } from './canvas.js';
import type { Placed } from './placed.js';

/** A digit of a scene. */
export interface SceneBox {
  /** First column that its ink is seen in. */
  readonly left: number;
  /** First row. */
  readonly top: number;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Its class: the digit, 0 to 9. */
  readonly index: number;
  /** Which part of its ink is seen, above 0.5; less than 1 where other digits lie over it. */
  readonly visible: number;
}

/** A picture of digits, and what is on it. */
export interface Scene {
  /** Grey pixels [height, width], 0 black to 255 white. */
  readonly image: Uint8Array;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** All digits, in the order in which they were drawn: later ones lie over earlier ones. Those of a code stand from left to right. */
  readonly boxes: readonly SceneBox[];
  /** Class of each pixel [height, width]: 0 for the background, 1 to 10 for the digits 0 to 9. */
  readonly mask: Uint8Array;
  /** Which digit each pixel belongs to [height, width]: 0 for none, 1 + its place in `boxes`. */
  readonly instances: Uint8Array;
  /** The digits of a postal code as they are read. */
  readonly code?: string | undefined;
}

/** Names of the classes of pixels of `mask`. */
export const MASK_CLASSES: readonly string[] = ['background', ...'0123456789'];

/** The finished picture with its labels. */
export function sceneOf(canvas: Canvas, placed: Placed, code?: string): Scene {
  const { width, height } = canvas;
  const boxes = placed.boxes();
  const mask = Uint8Array.from(placed.instances, (instance) => (instance === 0 ? 0 : 1 + boxes[instance - 1]!.index));
  return { image: toBytes(canvas), width, height, boxes, mask, instances: placed.instances, ...(code !== undefined && { code }) };
}
