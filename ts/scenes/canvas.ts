/** A grey picture that is being painted: 0 is black, 255 white. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** [height, width], row by row. */
  readonly data: Float32Array;
}

/** Something with a place: pixels from `left` and `top` on. */
export interface Patch {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** [height, width]: how much of what is below is covered, 0 to 1. */
  readonly alpha: Float32Array;
}

/** The pixels of a box that lie on the canvas: first ones, and those behind the last. */
export interface Range {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export function rangeOn({ width, height }: Canvas, left: number, top: number, right: number, bottom: number): Range {
  return {
    left: Math.max(0, Math.floor(left)), top: Math.max(0, Math.floor(top)),
    right: Math.min(width, Math.ceil(right)), bottom: Math.min(height, Math.ceil(bottom)),
  };
}

/** Calls with each pixel of a patch that lies on the canvas: its place there, and its place in the patch. */
export function eachPixel(canvas: Canvas, patch: Patch, call: (at: number, alpha: number) => void): void {
  const { left, top, right, bottom } = rangeOn(canvas, patch.left, patch.top, patch.left + patch.width, patch.top + patch.height);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) call(y * canvas.width + x, patch.alpha[(y - patch.top) * patch.width + x - patch.left]!);
  }
}

/** Covers a canvas with one value where a patch says so. */
export function paint(canvas: Canvas, patch: Patch, value: number): void {
  const { data } = canvas;
  eachPixel(canvas, patch, (at, alpha) => {
    data[at] = data[at]! + alpha * (value - data[at]!);
  });
}

/** A line of a pen. */
export interface Line {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  /** Half its width. */
  readonly radius: number;
}

/** Draws a line with round ends. @param strength - how much of what is below it covers, 0 to 1 */
export function drawLine(canvas: Canvas, { x0, y0, x1, y1, radius }: Line, value: number, strength: number): void {
  const { data, width } = canvas;
  const reach = radius + 1;
  const { left, top, right, bottom } = rangeOn(canvas, Math.min(x0, x1) - reach, Math.min(y0, y1) - reach, Math.max(x0, x1) + reach, Math.max(y0, y1) + reach);
  const [dx, dy] = [x1 - x0, y1 - y0];
  const square = Math.max(dx * dx + dy * dy, 1e-9);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const [px, py] = [x + 0.5 - x0, y + 0.5 - y0];
      const part = Math.min(1, Math.max(0, (px * dx + py * dy) / square));
      const [ex, ey] = [px - part * dx, py - part * dy];
      const cover = Math.min(1, radius + 0.5 - Math.sqrt(ex * ex + ey * ey));
      if (cover <= 0) continue;
      const at = y * width + x;
      data[at] = data[at]! + strength * cover * (value - data[at]!);
    }
  }
}

/** The finished picture: whole numbers of 0 to 255. */
export function toBytes({ data }: Canvas): Uint8Array {
  return Uint8Array.from(data, (value) => Math.floor(Math.min(255, Math.max(0, value + 0.5))));
}
