/** What a layer answers, as a small picture of grey pixels. */
import type { Tensor } from 'receptive/inline';
import type { Sheet } from '../../ui/sheet-view.js';

export interface LayerSheet extends Sheet {
  readonly name: string;
  readonly type: string;
  /** Without the batch. */
  readonly shape: readonly number[];
  /** The greatest number of the layer. */
  readonly most: number;
}

/** Pixels between two maps. */
const GAP = 1;
/** Maps side by side. */
const ACROSS = 8;
/** Features side by side, where a layer has no maps any more. */
const FEATURES = 20;

/** Maps side by side, a feature as a map of one pixel; black is the least number of the layer, white the greatest. */
export function sheetOf(name: string, type: string, { data, shape: [, ...shape] }: Tensor): LayerSheet {
  const [count = 0, rows = 1, columns = 1] = shape;
  const gap = shape.length === 3 ? GAP : 0;
  const across = Math.min(count, gap ? ACROSS : FEATURES);
  const [width, height] = [across * (columns + gap) - gap, Math.ceil(count / Math.max(1, across)) * (rows + gap) - gap];
  const out = new Uint8ClampedArray(4 * width * height);
  const values = data as Float32Array;
  const [least, most] = values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)] as const, [Infinity, -Infinity] as readonly [number, number]);
  const scale = most > least ? 255 / (most - least) : 0;
  values.forEach((value, at) => {
    const [map, row, column] = [Math.floor(at / (rows * columns)), Math.floor(at / columns) % rows, at % columns];
    const pixel = (Math.floor(map / across) * (rows + gap) + row) * width + (map % across) * (columns + gap) + column;
    const grey = (value - least) * scale;
    out.set([grey, grey, grey, 255], 4 * pixel);
  });
  return { name, type, shape, most, data: out, width, height };
}
