import { ShapeError } from '../../base/errors.js';
import { showShape } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import { inverseOf, resampleLinear, resampleNearest } from './affine.js';
import type { Affine, Area } from './affine.js';
import type { Augmentation } from './augment.js';
import type { Batch, Target } from './dataset.js';
import type { Draws } from './draws.js';

/** A class of pixels that does not count: `crossEntropy` ignores it by default. */
const IGNORED = -100;

/** Whether examples are moved at all. */
export function moves({ shift, rotate, scale, shear, flip, crop }: Augmentation): boolean {
  return shift.some((by) => by > 0) || rotate > 0 || shear > 0 || scale.some((by) => by !== 1) || flip.horizontal || flip.vertical || crop !== undefined;
}

/**
 * Moves each example of [N, C, H, W] by its own random placement; maps of the same size among the targets move along.
 * @throws ShapeError for a crop that is larger than the padded images, or classes of pixels of another size
 */
export function moved({ x, y }: Batch, of: Augmentation, draws: Draws, fill: readonly number[]): Batch {
  const [n, channels, height, width] = x.shape as [number, number, number, number];
  const from = { height, width };
  const padding = of.crop?.padding ?? 0;
  const [outHeight, outWidth] = of.crop?.size ?? [height, width];
  const to = { height: outHeight, width: outWidth };
  if (outHeight > height + 2 * padding || outWidth > width + 2 * padding) {
    wrong('augment: crop.size', `at most [${height + 2 * padding}, ${width + 2 * padding}], the padded image`, showShape([outHeight, outWidth]), { as: ShapeError });
  }
  const maps = placements(n, of, draws, from, to, padding);
  const data = new Float32Array(n * channels * outHeight * outWidth);
  const [each, outEach] = [x.data.length / n, data.length / n];
  maps.forEach((map, i) => resampleLinear(x.data.subarray(i * each, (i + 1) * each), from, data.subarray(i * outEach, (i + 1) * outEach), to, map, fill));
  return { x: { dtype: 'float32', shape: [n, channels, outHeight, outWidth], data }, y: movedTarget(y, from, to, maps) };
}

function placements(n: number, of: Augmentation, draws: Draws, from: Area, to: Area, padding: number): Affine[] {
  const [vertical, horizontal] = of.shift;
  const [down, across] = [draws.whole('shiftRows', 2 * vertical + 1), draws.whole('shiftColumns', 2 * horizontal + 1)];
  const [rows, columns] = [draws.whole('cropRow', from.height + 2 * padding - to.height + 1), draws.whole('cropColumn', from.width + 2 * padding - to.width + 1)];
  const [rotate, shear] = [draws.between('rotate', -of.rotate, of.rotate), draws.between('shear', -of.shear, of.shear)];
  const scale = draws.between('scale', ...of.scale);
  const [flipColumns, flipRows] = [draws.whole('flipColumns', of.flip.horizontal ? 2 : 1), draws.whole('flipRows', of.flip.vertical ? 2 : 1)];
  return Array.from({ length: n }, (_, i) => {
    const placement = {
      mirrorColumns: flipColumns[i] === 1,
      mirrorRows: flipRows[i] === 1,
      scale: scale[i]!,
      shear: shear[i]!,
      rotate: rotate[i]!,
      shift: [down[i]! - vertical, across[i]! - horizontal],
      corner: [rows[i]! - padding, columns[i]! - padding],
    } as const;
    return inverseOf(placement, from);
  });
}

/** Classes of pixels and maps of numbers follow the images; targets of another form stay as they are. */
function movedTarget(y: Target, from: Area, to: Area, maps: readonly Affine[]): Target {
  const rank = y.shape.length;
  if (rank < 3) return y;
  const [height, width] = y.shape.slice(-2) as [number, number];
  const n = maps.length;
  if (height !== from.height || width !== from.width) wrong('y', `maps of the size of the images, ${from.height} x ${from.width}`, showShape(y.shape), { as: ShapeError });
  const shape = [...y.shape.slice(0, -2), to.height, to.width];
  const each = y.data.length / n;
  const outEach = (each / (height * width)) * to.height * to.width;
  const part = (i: number): [number, number] => [i * outEach, (i + 1) * outEach];
  if (y.dtype === 'float32') {
    const data = new Float32Array(n * outEach);
    maps.forEach((map, i) => resampleLinear(y.data.subarray(i * each, (i + 1) * each), from, data.subarray(...part(i)), to, map, [0]));
    return { dtype: 'float32', shape, data };
  }
  const data = new Int32Array(n * outEach);
  maps.forEach((map, i) => resampleNearest(y.data.subarray(i * each, (i + 1) * each), from, data.subarray(...part(i)), to, map, IGNORED));
  return { dtype: 'int32', shape, data };
}
