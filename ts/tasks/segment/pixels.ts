import { wrong } from '../../base/wrong.js';
import type { ClassMap } from './maps.js';
import type { Mask } from './mask.js';
import { nearestOf, rowsOf } from './resample.js';
import type { axesOf, Maps } from './resample.js';

type Axes = ReturnType<typeof axesOf>;
type Resize = 'before' | 'after';

const sigmoidOf = (score: number): number => 1 / (1 + Math.exp(-score));

/** Each pixel gets the class of the nearest of the map. */
export function fromClasses({ classMap, width }: Pick<ClassMap, 'classMap' | 'width'>, axes: Axes): Mask {
  const { first: columns } = nearestOf(axes.across);
  const { first: rows } = nearestOf(axes.down);
  const data = emptyLike(classMap, columns.length * rows.length);
  let to = 0;
  for (const y of rows) for (const x of columns) data[to++] = classMap[y * width + x]!;
  return { data, width: columns.length, height: rows.length };
}

function emptyLike(classMap: Uint8Array | Uint16Array, count: number): Uint8Array | Uint16Array {
  return classMap instanceof Uint8Array ? new Uint8Array(count) : new Uint16Array(count);
}

/** Each pixel gets its class of the highest score, among equals the first. Scores exist for one row of the photo and one class at a time. */
export function fromScores(maps: Maps, axes: Axes, resize: Resize): Mask {
  if (resize === 'after') {
    const { height, width } = maps;
    return fromClasses({ classMap: best(maps, { across: same(width), down: same(height) }), width }, axes);
  }
  return { data: best(maps, axes), width: axes.across.first.length, height: axes.down.first.length };
}

/** An axis on which nothing is resized. */
function same(length: number): Axes['across'] {
  const first = Int32Array.from({ length }, (_, i) => i);
  return { first, second: first, share: new Float64Array(length) };
}

function best(maps: Maps, { across, down }: Axes): Uint8Array | Uint16Array {
  const [width, height] = [across.first.length, down.first.length];
  const out = maps.classes > 256 ? new Uint16Array(width * height) : new Uint8Array(width * height);
  const [row, highest] = [new Float32Array(width), new Float32Array(width)];
  const fill = rowsOf(maps, across, down);
  for (let y = 0; y < height; y++) {
    const line = out.subarray(y * width, (y + 1) * width);
    fill(0, y, highest);
    for (let c = 1; c < maps.classes; c++) {
      fill(c, y, row);
      for (let x = 0; x < width; x++) {
        if (!(row[x]! > highest[x]!)) continue;
        highest[x] = row[x]!;
        line[x] = c;
      }
    }
  }
  return out;
}

interface OneMap {
  readonly threshold: number;
  /** Whether the map has raw scores. They are resized as such. */
  readonly sigmoid: boolean;
  readonly soft: boolean;
  readonly resize: Resize;
}

/** Each pixel is of class 1 from the threshold on. */
export function fromOneMap(maps: Maps, axes: Axes, { threshold, sigmoid, soft, resize }: OneMap): { readonly mask: Mask; readonly alpha: Uint8Array | undefined } {
  const { across, down } = resized(axes, resize);
  const [width, height] = [across.first.length, down.first.length];
  const data = new Uint8Array(width * height);
  const alpha = soft ? new Uint8Array(width * height) : undefined;
  const row = new Float32Array(width);
  const fill = rowsOf(maps, across, down);
  for (let y = 0, to = 0; y < height; y++) {
    fill(0, y, row);
    for (let x = 0; x < width; x++, to++) {
      const probability = sigmoid ? sigmoidOf(row[x]!) : row[x]!;
      data[to] = Number(probability >= threshold);
      if (alpha) alpha[to] = Math.min(255, Math.max(0, Math.round(255 * probability)));
    }
  }
  return { mask: { data, width, height }, alpha };
}

function resized(axes: Axes, resize: Resize): Axes {
  return resize === 'before' ? axes : { across: nearestOf(axes.across), down: nearestOf(axes.down) };
}

interface Wanted extends Pick<OneMap, 'sigmoid' | 'resize'> {
  /** The maps that are wanted. */
  readonly classes: readonly number[];
}

/** [classes, height, width] of the photo. @throws ArgumentError where there is no memory for them */
export function scoresOf(maps: Maps, axes: Axes, { classes, sigmoid, resize }: Wanted): Float32Array {
  const { across, down } = resized(axes, resize);
  const [width, height] = [across.first.length, down.first.length];
  const out = allocate(classes.length * width * height);
  const fill = rowsOf(maps, across, down);
  classes.forEach((c, i) => {
    for (let y = 0; y < height; y++) fill(c, y, out.subarray((i * height + y) * width, (i * height + y + 1) * width));
  });
  if (sigmoid) for (let i = 0; i < out.length; i++) out[i] = sigmoidOf(out[i]!);
  return out;
}

/** 2 GB: what engines of all kinds give to one array. */
const MOST_SCORES = 1 << 29;

function allocate(count: number): Float32Array {
  const hint = 'name fewer classes, or give a smaller photo';
  if (count > MOST_SCORES) wrong('scores', `at most ${MOST_SCORES} numbers`, String(count), { hint });
  try {
    return new Float32Array(count);
  } catch (cause) {
    return wrong('scores', `memory for ${count} numbers`, 'none', { hint, cause });
  }
}
