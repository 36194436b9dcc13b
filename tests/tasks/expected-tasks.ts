import { readFileSync } from 'node:fs';

interface Box {
  readonly label: string;
  readonly index: number;
  readonly score: number;
  /** Left, top, right, bottom. */
  readonly box: readonly [number, number, number, number];
}

/** What make_expected.py found. */
export const expectedTasks = JSON.parse(readFileSync(new URL('expected-tasks.json', import.meta.url), 'utf8')) as {
  readonly nanodet: Readonly<Record<string, readonly Box[]>>;
  readonly selfie: Readonly<Record<string, { readonly share_over_half: number; readonly mean: number; readonly rows_of_16: readonly (readonly number[])[] }>>;
};

export function near(got: number, want: number, tolerance: number, place: string): void {
  if (!(Math.abs(got - want) <= tolerance)) throw new Error(`${place} is ${got}, not ${want}`);
}

interface Found {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly score: number;
  readonly label?: string | undefined;
  readonly index: number;
}

/** Fails unless these are the boxes of a photo, to a pixel and 0.01 of score. */
export function expectBoxes(photo: string, boxes: readonly Found[]): void {
  const want = expectedTasks.nanodet[photo] ?? [];
  // Scores that f16 brings closer than it moves them may change places.
  const order = (a: { score: number; index: number }, b: { score: number; index: number }): number => a.index - b.index || b.score - a.score;
  const sorted = [[...boxes].sort(order), [...want].sort(order)] as const;
  if (boxes.length !== want.length) throw new Error(`${photo}: ${boxes.length} boxes, not ${want.length}`);
  sorted[0].forEach(({ left, top, width, height, score, label }, i) => {
    const other = sorted[1][i]!;
    if (label !== other.label) throw new Error(`${photo}: ${label} where ${other.label} is`);
    near(score, other.score, 0.01, `${photo}: score of ${label}`);
    [left, top, left + width, top + height].forEach((side, k) => near(side, other.box[k]!, 1, `${photo}: side ${k} of ${label}`));
  });
}
