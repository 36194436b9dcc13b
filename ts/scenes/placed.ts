import { eachPixel, rangeOn } from './canvas.js';
import type { Canvas, Patch } from './canvas.js';
import type { SceneBox } from './scene.js';

/** A pixel belongs to a digit that covers at least so much of it. */
const OWNS = 0.4;
/** What must be seen of a digit. */
const MIN_VISIBLE = 0.7;

interface Extent {
  readonly index: number;
  /** Pixels it had before others came over it. */
  readonly pixels: number;
  /** Pixels that are left. */
  seen: number;
  readonly patch: Patch;
}

/** The digits on a canvas so far, and which pixel belongs to which. */
export class Placed {
  /** [height, width]: 0 for none, else the number of the digit from 1 on. */
  readonly instances: Uint8Array;
  private readonly extents: Extent[] = [];

  constructor(private readonly canvas: Canvas) {
    this.instances = new Uint8Array(canvas.width * canvas.height);
  }

  /**
   * Whether another digit may come here: its box covers little of others' boxes, and little of their ink.
   * @param overlap - largest part of the smaller of two boxes that both may share
   */
  fits(patch: Patch, overlap: number): boolean {
    if (this.extents.some(({ patch: other }) => shared(patch, other) > overlap)) return false;
    const lost = this.under(patch);
    return this.extents.every(({ pixels, seen }, i) => seen - lost[i + 1]! >= MIN_VISIBLE * pixels);
  }

  /** Takes a digit in, over those before. */
  add(patch: Patch, index: number): void {
    const lost = this.under(patch);
    this.extents.forEach((extent, i) => (extent.seen -= lost[i + 1]!));
    const number = this.extents.length + 1;
    let pixels = 0;
    eachPixel(this.canvas, patch, (at, alpha) => {
      if (alpha < OWNS) return;
      this.instances[at] = number;
      pixels++;
    });
    this.extents.push({ index, pixels, seen: pixels, patch });
  }

  /** The boxes around what is seen of each. */
  boxes(): readonly SceneBox[] {
    return this.extents.map(({ index, pixels, seen, patch }, i) => ({ ...this.boxOf(i + 1, patch), index, visible: seen / pixels }));
  }

  /** Pixels of each digit that a patch would cover; at 0 those that belong to none. */
  private under(patch: Patch): Uint32Array {
    const pixels = new Uint32Array(this.extents.length + 1);
    eachPixel(this.canvas, patch, (at, alpha) => {
      if (alpha >= OWNS) pixels[this.instances[at]!]!++;
    });
    return pixels;
  }

  private boxOf(number: number, patch: Patch): Pick<SceneBox, 'left' | 'top' | 'width' | 'height'> {
    const range = rangeOn(this.canvas, patch.left, patch.top, patch.left + patch.width, patch.top + patch.height);
    let [left, top, right, bottom] = [Infinity, Infinity, 0, 0];
    for (let y = range.top; y < range.bottom; y++) {
      for (let x = range.left; x < range.right; x++) {
        if (this.instances[y * this.canvas.width + x] !== number) continue;
        [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
        [top, bottom] = [Math.min(top, y), y + 1];
      }
    }
    return { left, top, width: right - left, height: bottom - top };
  }
}

/** The part of the smaller of two boxes that both share. */
function shared(a: Patch, b: Patch): number {
  const width = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left);
  const height = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top);
  return width <= 0 || height <= 0 ? 0 : (width * height) / Math.min(a.width * a.height, b.width * b.height);
}
