import type { Seen } from '../look.js';
import type { DetectedBox } from './detect.js';

type Rectangle = Pick<DetectedBox, 'left' | 'top' | 'width' | 'height'>;

/**
 * Boxes of the input as they lie on the photo, cut off at its edges.
 * @param boxes - [n, 4]: left, top, right, bottom, in pixels of the input
 * @param chosen - which of them
 */
export function onPhoto(boxes: Float32Array, chosen: Uint32Array, { place, full }: Pick<Seen, 'place' | 'full'>): Rectangle[] {
  const { resized: [height, width], window, frame } = place;
  const across = along(full.width, width, window.left - (frame?.left ?? 0));
  const down = along(full.height, height, window.top - (frame?.top ?? 0));
  return Array.from(chosen, (i) => {
    const [left = 0, top = 0, right = 0, bottom = 0] = boxes.subarray(4 * i, 4 * i + 4);
    const [x, y] = [across(left), down(top)];
    return { left: x, top: y, width: Math.max(0, across(right) - x), height: Math.max(0, down(bottom) - y) };
  });
}

/** From a place on the input to one on the photo, along one axis. */
function along(full: number, resized: number, offset: number): (at: number) => number {
  const scale = full / resized;
  return (at) => Math.min(full, Math.max(0, (at + offset) * scale));
}
