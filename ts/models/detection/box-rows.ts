import { applyAll } from '../../layers/value.js';
import { reshapeOp } from '../../ops/reshape/op.js';
import { cat, channelsLast, flatten } from '../../ops/layers.js';
import type { Value } from '../../ops/layers.js';

/**
 * What a head says of the boxes of several maps: rows in the order of maps, lines, columns and boxes of a place.
 * @param maps - [N, boxes of a place * numbers, H, W], all sizes but N known
 * @returns [N, boxes, numbers]
 */
export function boxRows(maps: readonly Value[], numbers: number): Value {
  const rows = maps.map((map) => flatten(1)(channelsLast()(map)));
  const all = rows.length > 1 ? cat(rows, 1) : rows[0]!;
  const [n, count] = all.shape as readonly [number, number];
  return applyAll(reshapeOp({ shape: [n, count / numbers, numbers] }), [all], {})[0]!;
}
