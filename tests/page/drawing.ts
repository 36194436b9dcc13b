/** Digits drawn with the mouse, as a learner does. */
import type { Page } from 'playwright';

type Stroke = readonly (readonly [x: number, y: number])[];

/** Recorded strokes, in parts of a square. */
const STROKES: Readonly<Record<string, readonly Stroke[]>> = {
  1: [[[0.52, 0.2], [0.5, 0.5], [0.47, 0.82]]],
  2: [[[0.3, 0.32], [0.4, 0.2], [0.58, 0.2], [0.68, 0.34], [0.6, 0.52], [0.42, 0.68], [0.3, 0.8], [0.5, 0.78], [0.72, 0.8]]],
  4: [[[0.38, 0.2], [0.3, 0.55], [0.72, 0.55]], [[0.64, 0.2], [0.62, 0.84]]],
  7: [[[0.28, 0.24], [0.5, 0.24], [0.72, 0.24], [0.58, 0.52], [0.46, 0.82]]],
  0: [[[0.5, 0.2], [0.36, 0.3], [0.3, 0.52], [0.36, 0.74], [0.5, 0.82], [0.64, 0.74], [0.7, 0.5], [0.64, 0.28], [0.5, 0.2]]],
};

/** Draws digits with the mouse into the squares of the canvas; `scale` and `shift` are of a digit within its square. */
export async function draw(page: Page, digits: string, scale = 1, shift: readonly [number, number] = [0, 0]): Promise<void> {
  const pad = page.locator('canvas.pad');
  await pad.scrollIntoViewIfNeeded();
  const { x, y, height } = (await pad.boundingBox())!;
  for (const [place, digit] of [...digits].entries()) {
    for (const stroke of STROKES[digit]!) {
      const points = stroke.map(([u, v]) => [x + height * (place + u * scale + shift[0]), y + height * (v * scale + shift[1])] as const);
      await page.mouse.move(...points[0]!);
      await page.mouse.down();
      for (const point of points.slice(1)) await page.mouse.move(...point, { steps: 3 });
      await page.mouse.up();
    }
  }
}
