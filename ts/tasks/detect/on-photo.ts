import type { Place } from '../../image/preprocess.js';
import type { DetectedBox } from './detect.js';

type Rectangle = Pick<DetectedBox, 'left' | 'top' | 'width' | 'height'>;

interface Extent {
  readonly width: number;
  readonly height: number;
}

/**
 * Boxes of the input as they lie on the photo, beyond its edges too.
 * @param boxes - [n, 4]: left, top, right, bottom, in pixels of the input
 * @param at.place - what of the photo became the input
 * @param at.full - size of the photo, or of its part that was looked at
 * @param at.left - where this part begins
 */
export function toPhoto(boxes: Float32Array, { place, full, left = 0, top = 0 }: PhotoPart): Float32Array {
  const { resized: [height, width], window, frame } = place;
  const across = along(full.width, width, window.left - (frame?.left ?? 0), left);
  const down = along(full.height, height, window.top - (frame?.top ?? 0), top);
  return boxes.map((value, i) => (i % 2 === 0 ? across : down)(value));
}

/** What a model has looked at. */
export interface PhotoPart {
  readonly place: Place;
  readonly full: Extent;
  readonly left?: number;
  readonly top?: number;
}

/** From a place on the input to one on the photo, along one axis. */
function along(full: number, resized: number, offset: number, start: number): (at: number) => number {
  const scale = full / resized;
  return (at) => (at + offset) * scale + start;
}

/** A box as left edge, upper edge and size, cut off at the edges of the photo. */
export function rectangle(boxes: Float32Array, index: number, { width, height }: Extent): Rectangle {
  const [left = 0, top = 0, right = 0, bottom = 0] = boxes.subarray(4 * index, 4 * index + 4);
  const inside = (at: number, most: number): number => Math.min(most, Math.max(0, at));
  const [x, y] = [inside(left, width), inside(top, height)];
  return { left: x, top: y, width: inside(right, width) - x, height: inside(bottom, height) - y };
}
