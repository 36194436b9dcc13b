import { showValue } from '../base/show.js';
import { wrong } from '../base/wrong.js';

/** A box in pixels. A box that covers the first pixel alone is { left: 0, top: 0, width: 1, height: 1 }. */
export interface Box {
  /** From the left edge of the image to that of the box. */
  readonly left: number;
  /** From the upper edge of the image to that of the box. */
  readonly top: number;
  /** 0 or more. */
  readonly width: number;
  /** 0 or more. */
  readonly height: number;
}

/** @throws ArgumentError naming the place, for a number that is not finite, or a negative size */
export function expectBox(box: Box, place: string): void {
  if (typeof box !== 'object' || box === null) wrong(place, 'a box { left, top, width, height }', showValue(box));
  for (const side of ['left', 'top', 'width', 'height'] as const) {
    if (!Number.isFinite(box[side])) wrong(`${place}: ${side}`, 'a finite number', showValue(box[side]));
  }
  if (box.width < 0) wrong(`${place}: width`, 'a number from 0 on', String(box.width));
  if (box.height < 0) wrong(`${place}: height`, 'a number from 0 on', String(box.height));
}
